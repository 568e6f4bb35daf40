using System.Text.Json.Nodes;
using EdgeOperator.Hub.Identities;
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
        session => session.Query(
            "SELECT seq, at, type, device_id, module_id, actor, message, data FROM events WHERE seq > $1 ORDER BY seq LIMIT $2",
            reader => new HubEvent(
                reader.GetInt64(0), Time(reader.GetInt64(1)), reader.GetString(2), OptionalText(reader, 3) is { } device ? new IdentityKey(device, reader.GetString(4)) : null,
                OptionalText(reader, 5), reader.GetString(6), OptionalText(reader, 7) is { } data ? JsonNode.Parse(data)!.AsObject() : null),
            after, limit),
        cancellation);

    public Task<long> LastEventAsync(CancellationToken cancellation) =>
        ReadAsync(session => session.Number("SELECT COALESCE(MAX(seq), 0) FROM events"), cancellation);

    public Task TrimEventsAsync(DateTimeOffset before, int most, CancellationToken cancellation) => WriteAsync(
        session => session.Execute("DELETE FROM events WHERE seq <= (SELECT MAX(seq) FROM events) - $1", most)
            + session.Execute("DELETE FROM events WHERE seq < COALESCE((SELECT MIN(seq) FROM events WHERE at >= $1), 9223372036854775807)", Ticks(before)),
        cancellation);
}
