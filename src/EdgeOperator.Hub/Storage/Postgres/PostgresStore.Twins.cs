using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;
using Npgsql;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    private static readonly TwinKeys Keys = new(parameter => $"= ANY (${parameter})", list => list.ToArray());

    private readonly BatchWriter<IdentityKey, ReportedWrite> _reports;

    public Task<TwinRow?> FindTwinAsync(IdentityKey key, CancellationToken cancellation) =>
        FirstAsync($"{StoredRows.Twins} WHERE t.device_id = $1 AND t.module_id = $2", _rows.ReadTwin, cancellation, key.DeviceId, key.ModuleId);

    public Task<TwinProperties?> FindReportedAsync(IdentityKey key, CancellationToken cancellation) => FirstAsync(
        "SELECT reported, reported_metadata, reported_version FROM twins WHERE device_id = $1 AND module_id = $2",
        reader => new TwinProperties(Json(reader, 0), Json(reader, 1), reader.GetInt64(2)), cancellation, key.DeviceId, key.ModuleId);

    public async Task<IReadOnlyList<TwinRow>> ScanTwinsAsync(bool modules, IdentityKey? after, int limit, CancellationToken cancellation) => await QueryAsync(
        $"{StoredRows.Twins} WHERE (t.device_id, t.module_id) > ($1, $2) AND (t.module_id <> '') = $3 ORDER BY t.device_id, t.module_id LIMIT $4",
        _rows.ReadTwin, cancellation, after?.DeviceId ?? "", after?.ModuleId ?? "", modules, limit);

    public async Task<IReadOnlyList<TwinRow>> ScanTwinsAsync(bool modules, TwinCandidates candidates, IdentityKey? after, int limit, CancellationToken cancellation)
    {
        var (keys, values) = Keys.Select(candidates, modules, after, limit);
        return await QueryAsync(
            $"WITH k AS MATERIALIZED ({keys}) {StoredRows.Twins} JOIN k ON k.device_id = t.device_id AND k.module_id = t.module_id ORDER BY t.device_id, t.module_id", _rows.ReadTwin, cancellation, values);
    }

    public Task<bool> WriteTwinAsync(IdentityKey key, long expectedVersion, Twin twin, string? notification, CancellationToken cancellation) =>
        WriteTwinAsync("", "", "", ValuesOf(key, expectedVersion, twin, notification), cancellation);

    // The job's row is locked first, so that it does not end between the look at it and the write.
    public Task<bool> WriteTwinAsync(IdentityKey key, long expectedVersion, Twin twin, string? notification, DeviceJob job, CancellationToken cancellation) => WriteTwinAsync(
        "job AS (SELECT 1 FROM device_jobs WHERE job_id = $13 AND device_id = $14 AND status = $15 FOR UPDATE),",
        "AND EXISTS (SELECT 1 FROM job)",
        """
        , ended AS (
            UPDATE device_jobs SET status = $16, updated = $17, started = $18, ended = $19, outcome = $20, error = $21
            WHERE job_id = $13 AND device_id = $14 AND EXISTS (SELECT 1 FROM written))
        """,
        [.. ValuesOf(key, expectedVersion, twin, notification), job.JobId, job.Target, (int)DeviceJobStatus.Running, .. ValuesOf(job)],
        cancellation);

    public Task<bool> WriteReportedAsync(IdentityKey key, long expectedVersion, TwinProperties reported, CancellationToken cancellation) =>
        _reports.WriteAsync(key, new(expectedVersion, reported.Values.ToJsonString(), reported.Metadata.ToJsonString(), reported.Version), cancellation);

    public async Task<ChangeCursor> LastChangeAsync(CancellationToken cancellation)
    {
        // What is missing below the last one may yet be committed.
        const int Window = 1000;
        var read = await ReadAsync(
            $"SELECT seq FROM changes WHERE seq > (SELECT max(seq) FROM changes) - {Window}", reader => reader.GetInt64(3), cancellation);
        return read.Rows.Count == 0 ? new(0) : new ChangeCursor(read.Rows[0] - 1).Advance(read.Rows, isComplete: true, read.OldestRunning, read.NextTransaction);
    }

    public async Task<ChangePage> ReadChangesAsync(ChangeCursor after, int limit, CancellationToken cancellation)
    {
        // What is for another replica, or too late, is a number without a body, so that it leaves no gap.
        const string Mine = "(c.replica IS NULL OR (c.replica = $5 AND (c.kind NOT IN (5, 6, 8) OR c.version > extract(epoch FROM clock_timestamp()) * 1000)))";
        const string Columns = $"c.seq, c.device_id, c.module_id, c.kind, CASE WHEN {Mine} THEN c.body END AS body, c.version, {Mine} AS mine, c.at";
        var read = await ReadAsync(
            $"""
            SELECT {Columns} FROM unnest($1::bigint[], $2::bigint[]) AS gap (first, last) JOIN changes c ON c.seq BETWEEN gap.first AND gap.last
            UNION ALL (SELECT {Columns} FROM changes c WHERE c.seq > $3 ORDER BY c.seq LIMIT $4)
            ORDER BY 1 LIMIT $4
            """,
            reader => (
                Change: new Change(reader.GetInt64(3), new(reader.GetString(4), reader.GetString(5)), (ChangeKind)reader.GetInt32(6), OptionalText(reader, 7), reader.GetInt64(8)) { At = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(10)) },
                IsMine: reader.GetBoolean(9)),
            cancellation,
            after.Gaps.Select(g => g.From).ToArray(), after.Gaps.Select(g => g.To).ToArray(), after.Last, limit, _replica);
        var next = after.Advance([.. read.Rows.Select(r => r.Change.Sequence)], read.Rows.Count < limit, read.OldestRunning, read.NextTransaction);
        return new([.. read.Rows.Where(r => r.IsMine).Select(r => r.Change)], next, read.Rows.Count == limit);
    }

    /// <summary>Rows together with the snapshot that showed them, which is there without any row too.</summary>
    private async Task<(List<T> Rows, long OldestRunning, long NextTransaction)> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object?[] values)
    {
        var (oldest, next) = (0L, 0L);
        var rows = await QueryAsync(
            $"""
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, r.seq IS NOT NULL, r.*
            FROM (SELECT 1) one LEFT JOIN LATERAL ({sql}) r ON true ORDER BY r.seq
            """,
            reader =>
            {
                (oldest, next) = (reader.GetInt64(0), reader.GetInt64(1));
                return reader.GetBoolean(2) ? (IsRow: true, Row: read(reader)) : default;
            },
            cancellation, values);
        return ([.. rows.Where(r => r.IsRow).Select(r => r.Row)], oldest, next);
    }

    /// <summary>Reported properties of many twins by one statement, and so by one wait for the disk.</summary>
    private async Task<IReadOnlyCollection<IdentityKey>> WriteReportedAsync(IReadOnlyList<(IdentityKey Key, ReportedWrite Write)> writes, CancellationToken cancellation) => await QueryAsync(
        """
        UPDATE twins SET reported = w.reported, reported_metadata = w.metadata, reported_version = w.version
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[]) AS w (device_id, module_id, expected, reported, metadata, version)
        WHERE twins.device_id = w.device_id AND twins.module_id = w.module_id AND twins.reported_version = w.expected
        RETURNING twins.device_id, twins.module_id
        """,
        reader => new IdentityKey(reader.GetString(0), reader.GetString(1)), cancellation,
        writes.Select(w => w.Key.DeviceId).ToArray(), writes.Select(w => w.Key.ModuleId).ToArray(), writes.Select(w => w.Write.ExpectedVersion).ToArray(),
        writes.Select(w => w.Write.Values).ToArray(), writes.Select(w => w.Write.Metadata).ToArray(), writes.Select(w => w.Write.Version).ToArray());

    // The index is written where tags have changed.
    private async Task<bool> WriteTwinAsync(string first, string condition, string after, object?[] values, CancellationToken cancellation) => await NumberAsync(
        $"""
        WITH {first} before AS (SELECT tags FROM twins WHERE device_id = $1 AND module_id = $2 AND version = $9),
        written AS (
            UPDATE twins SET version = $3, tags = $4, desired = $5, desired_metadata = $6, desired_version = $7, configurations = $8
            WHERE device_id = $1 AND module_id = $2 AND version = $9 {condition} RETURNING device_id, module_id, desired_version),
        change AS (
            INSERT INTO changes (device_id, module_id, kind, body, version) SELECT device_id, module_id, $11, $10::text, desired_version FROM written),
        retagged AS (SELECT device_id, module_id FROM written WHERE NOT EXISTS (SELECT 1 FROM before WHERE tags = $4)),
        gone AS (DELETE FROM twin_tags USING retagged WHERE twin_tags.device_id = retagged.device_id AND twin_tags.module_id = retagged.module_id AND entry <> ALL ($12::text[])),
        come AS (INSERT INTO twin_tags SELECT entry, device_id, module_id FROM retagged, unnest($12::text[]) AS entry ON CONFLICT DO NOTHING)
        {after}
        SELECT count(*) FROM written
        """,
        cancellation, values) > 0;

    private static object?[] ValuesOf(IdentityKey key, long expectedVersion, Twin twin, string? notification) =>
    [
        key.DeviceId, key.ModuleId, twin.Version, twin.Tags.ToJsonString(), twin.Desired.Values.ToJsonString(), twin.Desired.Metadata.ToJsonString(), twin.Desired.Version,
        twin.Configurations.ToJsonString(), expectedVersion, notification, (int)(notification is null ? ChangeKind.Unseen : ChangeKind.Desired), TwinIndex.EntriesOf(twin.Tags).ToArray(),
    ];

    private readonly record struct ReportedWrite(long ExpectedVersion, string Values, string Metadata, long Version);
}
