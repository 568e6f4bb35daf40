using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    private static readonly TwinKeys Keys = new(
        parameter => $"IN (SELECT value FROM json_each(${parameter}))", list => new JsonArray([.. list.Select(text => JsonValue.Create(text))]).ToJsonString());

    public Task<TwinRow?> FindTwinAsync(IdentityKey key, CancellationToken cancellation) => ReadAsync(
        session => session.Query($"{StoredRows.Twins} WHERE t.device_id = $1 AND t.module_id = $2", _rows.ReadTwin, key.DeviceId, key.ModuleId).FirstOrDefault(),
        cancellation);

    public Task<TwinProperties?> FindReportedAsync(IdentityKey key, CancellationToken cancellation) => ReadAsync(
        session => session.Query(
            "SELECT reported, reported_metadata, reported_version FROM twins WHERE device_id = $1 AND module_id = $2",
            reader => new TwinProperties(Json(reader, 0), Json(reader, 1), reader.GetInt64(2)), key.DeviceId, key.ModuleId).FirstOrDefault(),
        cancellation);

    public Task<IReadOnlyList<TwinRow>> ScanTwinsAsync(bool modules, IdentityKey? after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<TwinRow>>(
        session => session.Query(
            $"{StoredRows.Twins} WHERE (t.device_id, t.module_id) > ($1, $2) AND (t.module_id <> '') = $3 ORDER BY t.device_id, t.module_id LIMIT $4",
            _rows.ReadTwin, after?.DeviceId ?? "", after?.ModuleId ?? "", modules ? 1 : 0, limit),
        cancellation);

    public Task<IReadOnlyList<TwinRow>> ScanTwinsAsync(bool modules, TwinCandidates candidates, IdentityKey? after, int limit, CancellationToken cancellation)
    {
        var (keys, values) = Keys.Select(candidates, modules, after, limit);
        return ReadAsync<IReadOnlyList<TwinRow>>(
            session => session.Query($"WITH k AS MATERIALIZED ({keys}) {StoredRows.Twins} JOIN k ON k.device_id = t.device_id AND k.module_id = t.module_id ORDER BY t.device_id, t.module_id", _rows.ReadTwin, values),
            cancellation);
    }

    public Task<bool> WriteTwinAsync(IdentityKey key, long expectedVersion, Twin twin, string? notification, CancellationToken cancellation) =>
        WriteAsync(session => WriteTwin(session, key, expectedVersion, twin, notification), cancellation);

    public Task<bool> WriteTwinAsync(IdentityKey key, long expectedVersion, Twin twin, string? notification, DeviceJob job, CancellationToken cancellation) => WriteAsync(
        session => session.Number(
                "SELECT COUNT(*) FROM device_jobs WHERE job_id = $1 AND device_id = $2 AND status = $3", job.JobId, job.Target, (int)DeviceJobStatus.Running) > 0
            && WriteTwin(session, key, expectedVersion, twin, notification)
            && WriteDeviceJob(session, job, DeviceJobStatus.Running),
        cancellation);

    public Task<bool> WriteReportedAsync(IdentityKey key, long expectedVersion, TwinProperties reported, CancellationToken cancellation) => WriteAsync(
        session => session.Execute(
            "UPDATE twins SET reported = $3, reported_metadata = $4, reported_version = $5 WHERE device_id = $1 AND module_id = $2 AND reported_version = $6",
            key.DeviceId, key.ModuleId, reported.Values.ToJsonString(), reported.Metadata.ToJsonString(), reported.Version, expectedVersion) > 0,
        cancellation);

    public Task<ChangeCursor> LastChangeAsync(CancellationToken cancellation) =>
        ReadAsync(session => new ChangeCursor(session.Number("SELECT COALESCE(MAX(seq), 0) FROM changes")), cancellation);

    // One writer, so what is committed later has a greater number.
    public Task<ChangePage> ReadChangesAsync(ChangeCursor after, int limit, CancellationToken cancellation) => ReadAsync(
        session =>
        {
            var changes = session.Query(
                "SELECT seq, device_id, module_id, kind, body, version, at FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2",
                reader => new Change(reader.GetInt64(0), new(reader.GetString(1), reader.GetString(2)), (ChangeKind)reader.GetInt32(3), OptionalText(reader, 4), reader.GetInt64(5)) { At = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)) },
                after.Last, limit);
            return new ChangePage(changes, changes.Count == 0 ? after : new(changes[^1].Sequence), changes.Count == limit);
        },
        cancellation);

    private static void WriteTags(SqliteSession session, IdentityKey key, JsonObject tags)
    {
        session.Execute("DELETE FROM twin_tags WHERE device_id = $1 AND module_id = $2", key.DeviceId, key.ModuleId);
        foreach (var entry in TwinIndex.EntriesOf(tags))
            session.Execute("INSERT INTO twin_tags VALUES ($1, $2, $3)", entry, key.DeviceId, key.ModuleId);
    }

    /// <summary>Indexes the twins of a database that had no index, all of them or, when it is interrupted, none.</summary>
    private static void IndexTags(SqliteSession session)
    {
        if (session.Number("SELECT COUNT(*) FROM untagged") == 0)
            return;
        session.Execute("BEGIN IMMEDIATE");
        var twins = session.Query(
            "SELECT t.device_id, t.module_id, t.tags FROM twins t JOIN untagged u ON u.device_id = t.device_id AND u.module_id = t.module_id",
            reader => (Key: new IdentityKey(reader.GetString(0), reader.GetString(1)), Tags: Json(reader, 2)));
        foreach (var (key, tags) in twins)
            WriteTags(session, key, tags);
        session.Execute("DELETE FROM untagged");
        session.Execute("COMMIT");
    }

    private static bool WriteTwin(SqliteSession session, IdentityKey key, long expectedVersion, Twin twin, string? notification)
    {
        var before = session.Query("SELECT tags FROM twins WHERE device_id = $1 AND module_id = $2", reader => reader.GetString(0), key.DeviceId, key.ModuleId).FirstOrDefault();
        var tags = twin.Tags.ToJsonString();
        var written = session.Execute(
            """
            UPDATE twins SET version = $3, tags = $4, desired = $5, desired_metadata = $6, desired_version = $7, configurations = $8
            WHERE device_id = $1 AND module_id = $2 AND version = $9
            """,
            key.DeviceId, key.ModuleId, twin.Version, tags,
            twin.Desired.Values.ToJsonString(), twin.Desired.Metadata.ToJsonString(), twin.Desired.Version, twin.Configurations.ToJsonString(), expectedVersion);
        if (written > 0 && before != tags)
            WriteTags(session, key, twin.Tags);
        if (written > 0)
            AddChange(session, key, notification is null ? ChangeKind.Unseen : ChangeKind.Desired, notification, twin.Desired.Version);
        return written > 0;
    }
}
