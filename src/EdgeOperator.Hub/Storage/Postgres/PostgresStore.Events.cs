using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    /// <summary>Of the advisory lock under which events get their numbers.</summary>
    private const long EventLock = 0x6564_6765_6576_6e74;

    // One writer at a time, so that numbers are committed in their order: whoever reads on from a number misses none.
    public Task AddEventsAsync(IReadOnlyList<HubEvent> events, CancellationToken cancellation) => ExecuteAsync(
        $"""
        WITH writer AS MATERIALIZED (SELECT pg_advisory_xact_lock({EventLock}))
        INSERT INTO events (at, type, device_id, module_id, actor, message, data)
        SELECT e.at, e.type, e.device_id, e.module_id, e.actor, e.message, e.data
        FROM writer, unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            WITH ORDINALITY AS e (at, type, device_id, module_id, actor, message, data, place)
        ORDER BY e.place
        """,
        cancellation,
        events.Select(e => Ticks(e.At)).ToArray(), events.Select(e => e.Type).ToArray(), events.Select(e => e.Key?.DeviceId).ToArray(), events.Select(e => e.Key?.ModuleId).ToArray(),
        events.Select(e => e.Actor).ToArray(), events.Select(e => e.Message).ToArray(), events.Select(e => e.Data?.ToJsonString()).ToArray());

    public async Task<IReadOnlyList<HubEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) =>
        await QueryAsync($"{EventRecords} WHERE seq > $1 ORDER BY seq LIMIT $2", ReadEvent, cancellation, after, limit);

    public async Task<IReadOnlyList<HubEvent>> ReadLatestEventsAsync(long before, string? deviceId, string? type, int limit, CancellationToken cancellation) => await QueryAsync(
        $"{EventRecords} WHERE seq < $1 AND ($2::text IS NULL OR device_id = $2) AND ($3::text IS NULL OR type = $3) ORDER BY seq DESC LIMIT $4", ReadEvent, cancellation, before, deviceId, type, limit);

    public Task<long> LastEventAsync(CancellationToken cancellation) => NumberAsync("SELECT coalesce(max(seq), 0) FROM events", cancellation);

    public Task TrimEventsAsync(DateTimeOffset before, int most, CancellationToken cancellation) => ExecuteAsync(
        "DELETE FROM events WHERE seq <= (SELECT max(seq) FROM events) - $1 OR seq < coalesce((SELECT min(seq) FROM events WHERE at >= $2), 9223372036854775807)",
        cancellation, (long)most, Ticks(before));
}
