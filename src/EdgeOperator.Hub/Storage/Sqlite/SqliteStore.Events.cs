using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task AddEventsAsync(IReadOnlyList<HubEvent> events, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            foreach (var happened in events)
                session.Execute(
                    "INSERT INTO events (at, type, device_id, module_id, actor, message, data) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    Ticks(happened.At), happened.Type, happened.Key?.DeviceId, happened.Key?.ModuleId, happened.Actor, happened.Message, happened.Data?.ToJsonString());
            return events.Count;
        },
        cancellation);

    public Task<IReadOnlyList<HubEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<HubEvent>>(
        session => session.Query($"{EventRecords} WHERE seq > $1 ORDER BY seq LIMIT $2", ReadEvent, after, limit), cancellation);

    public Task<IReadOnlyList<HubEvent>> ReadLatestEventsAsync(long before, string? deviceId, string? type, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<HubEvent>>(
        session => session.Query(
            $"{EventRecords} WHERE seq < $1 AND ($2 IS NULL OR device_id = $2) AND ($3 IS NULL OR type = $3) ORDER BY seq DESC LIMIT $4", ReadEvent, before, deviceId, type, limit),
        cancellation);

    public Task<long> LastEventAsync(CancellationToken cancellation) =>
        ReadAsync(session => session.Number("SELECT COALESCE(MAX(seq), 0) FROM events"), cancellation);

    public Task TrimEventsAsync(DateTimeOffset before, int most, CancellationToken cancellation) => WriteAsync(
        session => session.Execute("DELETE FROM events WHERE seq <= (SELECT MAX(seq) FROM events) - $1", most)
            + session.Execute("DELETE FROM events WHERE seq < COALESCE((SELECT MIN(seq) FROM events WHERE at >= $1), 9223372036854775807)", Ticks(before)),
        cancellation);
}
