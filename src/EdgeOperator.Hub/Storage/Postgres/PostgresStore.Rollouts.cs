namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    // One statement, and the lease's row is locked, so that nobody becomes the leader between the look at it and the write.
    public async Task<bool> WriteRolloutAsync(
        Document rollout, string? expectedETag, IReadOnlyCollection<StoredRolloutDevice> changed, IReadOnlyCollection<string> removed, LeadershipTerm? fence, CancellationToken cancellation)
    {
        var values = new List<object?>
        {
            rollout.Kind, rollout.Id, rollout.ETag, rollout.Json, rollout.Label,
            changed.Select(d => d.DeviceId).ToArray(), changed.Select(d => d.Batch).ToArray(), changed.Select(d => d.State).ToArray(), changed.Select(d => d.Json).ToArray(), removed.ToArray(),
        };
        var (term, condition) = ("", "");
        if (fence is { } led)
        {
            term = $"term AS (SELECT 1 FROM leases WHERE name = ${values.Count + 1} AND term = ${values.Count + 2} FOR SHARE), ";
            condition = " AND EXISTS (SELECT 1 FROM term)";
            values.AddRange([led.Lease, led.Number]);
        }

        var expected = "";
        if (expectedETag is not (null or "*"))
        {
            values.Add(expectedETag);
            expected = $" AND etag = ${values.Count}";
        }

        var written = expectedETag is null
            ? $"INSERT INTO documents (kind, id, etag, json, label) SELECT $1, $2, $3, $4, $5 WHERE true{condition} ON CONFLICT DO NOTHING RETURNING 1"
            : $"UPDATE documents SET etag = $3, json = $4, label = $5 WHERE kind = $1 AND id = $2{expected}{condition} RETURNING 1";
        return await FirstAsync<bool?>(
            $"""
            WITH {term}written AS ({written}),
            kept AS (
                INSERT INTO rollout_devices (fleet, device_id, batch, state, json)
                SELECT $2, d.device_id, d.batch, d.state, d.json FROM unnest($6::text[], $7::integer[], $8::integer[], $9::text[]) AS d (device_id, batch, state, json) WHERE EXISTS (SELECT 1 FROM written)
                ON CONFLICT (fleet, device_id) DO UPDATE SET batch = excluded.batch, state = excluded.state, json = excluded.json),
            gone AS (DELETE FROM rollout_devices WHERE fleet = $2 AND device_id = ANY ($10::text[]) AND EXISTS (SELECT 1 FROM written))
            SELECT true FROM written
            """,
            reader => reader.GetBoolean(0), cancellation, [.. values]) == true;
    }

    public async Task<IReadOnlyList<StoredRolloutDevice>> ListRolloutDevicesAsync(string fleet, int? batch, IReadOnlyCollection<int>? states, string after, int limit, CancellationToken cancellation) => await QueryAsync(
        "SELECT device_id, batch, state, json FROM rollout_devices WHERE fleet = $1 AND device_id > $2 AND ($3::integer IS NULL OR batch = $3) AND ($4::integer[] IS NULL OR state = ANY ($4)) ORDER BY device_id LIMIT $5",
        reader => new StoredRolloutDevice(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3)), cancellation, fleet, after, batch, states?.ToArray(), limit);

    public Task RemoveRolloutDevicesAsync(string fleet, CancellationToken cancellation) => ExecuteAsync("DELETE FROM rollout_devices WHERE fleet = $1", cancellation, fleet);
}
