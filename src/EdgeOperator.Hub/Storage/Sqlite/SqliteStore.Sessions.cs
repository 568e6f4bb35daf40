using EdgeOperator.Hub.Identities;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<ConnectedSession> ConnectAsync(IdentityKey key, bool keepSubscriptions, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session => session.Query(
            """
            INSERT INTO presence (device_id, module_id, connected, epoch, subscriptions, changed, last_activity) VALUES ($1, $2, 1, 1, 0, $4, $4)
            ON CONFLICT DO UPDATE SET connected = 1, epoch = epoch + 1, subscriptions = subscriptions * $3, changed = $4, last_activity = $4
            RETURNING epoch, subscriptions
            """,
            reader => new ConnectedSession(reader.GetInt64(0), reader.GetInt32(1)), key.DeviceId, key.ModuleId, keepSubscriptions ? 1 : 0, Ticks(now))[0],
        cancellation);

    public Task DisconnectAsync(IdentityKey key, long epoch, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session => session.Execute("UPDATE presence SET connected = 0, changed = $4 WHERE device_id = $1 AND module_id = $2 AND epoch = $3", key.DeviceId, key.ModuleId, epoch, Ticks(now)),
        cancellation);

    public Task WriteSubscriptionsAsync(IdentityKey key, long epoch, int subscriptions, CancellationToken cancellation) => WriteAsync(
        session => session.Execute("UPDATE presence SET subscriptions = $4 WHERE device_id = $1 AND module_id = $2 AND epoch = $3", key.DeviceId, key.ModuleId, epoch, subscriptions),
        cancellation);

    public Task WriteActivityAsync(IReadOnlyCollection<(IdentityKey Key, DateTimeOffset At)> activity, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            foreach (var (key, at) in activity)
                session.Execute("UPDATE presence SET last_activity = $3 WHERE device_id = $1 AND module_id = $2", key.DeviceId, key.ModuleId, Ticks(at));
            return activity.Count;
        },
        cancellation);
}
