using EdgeOperator.Hub.Identities;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    // The replica that had the connection before is told to end it.
    public async Task<ConnectedSession> ConnectAsync(IdentityKey key, bool keepSubscriptions, DateTimeOffset now, CancellationToken cancellation) => (await FirstAsync(
        """
        WITH connected AS (
            INSERT INTO presence AS p (device_id, module_id, connected, epoch, subscriptions, changed, last_activity, replica) VALUES ($1, $2, true, 1, 0, $4, $4, $5)
            ON CONFLICT (device_id, module_id) DO UPDATE SET
                connected = true, epoch = p.epoch + 1, subscriptions = p.subscriptions * $3, changed = $4, last_activity = $4,
                replaced = CASE WHEN p.connected AND p.replica <> $5 THEN p.replica END, replica = $5
            RETURNING device_id, module_id, epoch, subscriptions, replaced),
        change AS (
            INSERT INTO changes (device_id, module_id, kind, version, replica) SELECT device_id, module_id, 4, epoch, replaced FROM connected WHERE replaced IS NOT NULL)
        SELECT epoch, subscriptions FROM connected
        """,
        reader => new ConnectedSession(reader.GetInt64(0), reader.GetInt32(1)), cancellation, key.DeviceId, key.ModuleId, keepSubscriptions ? 1 : 0, Ticks(now), _replica))!;

    public Task DisconnectAsync(IdentityKey key, long epoch, DateTimeOffset now, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE presence SET connected = false, changed = $4 WHERE device_id = $1 AND module_id = $2 AND epoch = $3", cancellation, key.DeviceId, key.ModuleId, epoch, Ticks(now));

    public Task WriteSubscriptionsAsync(IdentityKey key, long epoch, int subscriptions, CancellationToken cancellation) => ExecuteAsync(
        "UPDATE presence SET subscriptions = $4 WHERE device_id = $1 AND module_id = $2 AND epoch = $3", cancellation, key.DeviceId, key.ModuleId, epoch, subscriptions);

    public Task WriteActivityAsync(IReadOnlyCollection<(IdentityKey Key, DateTimeOffset At)> activity, CancellationToken cancellation) => ExecuteAsync(
        """
        UPDATE presence SET last_activity = a.at FROM unnest($1::text[], $2::text[], $3::bigint[]) AS a (device_id, module_id, at)
        WHERE presence.device_id = a.device_id AND presence.module_id = a.module_id
        """,
        cancellation, activity.Select(a => a.Key.DeviceId).ToArray(), activity.Select(a => a.Key.ModuleId).ToArray(), activity.Select(a => Ticks(a.At)).ToArray());
}
