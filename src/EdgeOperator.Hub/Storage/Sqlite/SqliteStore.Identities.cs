using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<Identity?> FindIdentityAsync(IdentityKey key, CancellationToken cancellation) => ReadAsync(
        session => session.Query($"SELECT {StoredRows.IdentityColumns} FROM identities i WHERE i.device_id = $1 AND i.module_id = $2", _rows.ReadIdentity, key.DeviceId, key.ModuleId).FirstOrDefault(),
        cancellation);

    public Task<IdentityRow?> FindRowAsync(IdentityKey key, CancellationToken cancellation) => ReadAsync(
        session => session.Query($"{StoredRows.Identities} WHERE i.device_id = $1 AND i.module_id = $2", _rows.ReadRow, key.DeviceId, key.ModuleId).FirstOrDefault(),
        cancellation);

    public Task<IReadOnlyList<IdentityRow>> ListDevicesAsync(int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<IdentityRow>>(
        session => session.Query($"{StoredRows.Identities} WHERE i.module_id = '' ORDER BY i.device_id LIMIT $1", _rows.ReadRow, limit),
        cancellation);

    public Task<IReadOnlyList<IdentityRow>> ListModulesAsync(string deviceId, CancellationToken cancellation) => ReadAsync<IReadOnlyList<IdentityRow>>(
        session => session.Query($"{StoredRows.Identities} WHERE i.device_id = $1 AND i.module_id <> '' ORDER BY i.module_id", _rows.ReadRow, deviceId),
        cancellation);

    public Task<IdentityCounts> CountAsync(CancellationToken cancellation) => ReadAsync(
        session => session.Query(
            "SELECT COUNT(*), COALESCE(SUM(enabled), 0), (SELECT COUNT(*) FROM presence WHERE module_id = '' AND connected = 1) FROM identities WHERE module_id = ''",
            reader => new IdentityCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)))[0],
        cancellation);

    public Task<bool> AddAsync(Identity identity, Twin twin, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            if (identity.Key.IsModule && session.Number("SELECT COUNT(*) FROM identities WHERE device_id = $1 AND module_id = ''", identity.Key.DeviceId) == 0)
                return false;
            var added = session.Execute(
                "INSERT INTO identities VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING", _rows.ValuesOf(identity));
            if (added == 0)
                return false;
            session.Execute(
                "INSERT INTO twins VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                identity.Key.DeviceId, identity.Key.ModuleId, twin.Version, twin.Tags.ToJsonString(),
                twin.Desired.Values.ToJsonString(), twin.Desired.Metadata.ToJsonString(), twin.Desired.Version,
                twin.Reported.Values.ToJsonString(), twin.Reported.Metadata.ToJsonString(), twin.Reported.Version, twin.Configurations.ToJsonString());
            WriteTags(session, identity.Key, twin.Tags);
            AddChange(session, identity.Key, ChangeKind.Unseen, null, 0);
            return true;
        },
        cancellation);

    public Task<bool> UpdateAsync(Identity identity, string expectedETag, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            var updated = session.Execute(
                """
                UPDATE identities SET generation = $3, etag = $4, enabled = $5, status_reason = $6, status_updated = $7, authentication = $8, primary_key = $9,
                    secondary_key = $10, primary_thumbprint = $11, secondary_thumbprint = $12, edge = $13, managed_by = $14
                WHERE device_id = $1 AND module_id = $2 AND etag = $15
                """,
                [.. _rows.ValuesOf(identity), expectedETag]);
            if (updated > 0)
                AddDisconnect(session, identity.Key);
            return updated > 0;
        },
        cancellation);

    public Task<bool> RemoveAsync(IdentityKey key, string? expectedETag, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            if (session.Execute("DELETE FROM identities WHERE device_id = $1 AND module_id = $2 AND ($3 IS NULL OR etag = $3)", key.DeviceId, key.ModuleId, expectedETag) == 0)
                return false;
            AddDisconnect(session, key);
            if (key.IsModule)
            {
                session.Execute("DELETE FROM twins WHERE device_id = $1 AND module_id = $2", key.DeviceId, key.ModuleId);
                session.Execute("DELETE FROM twin_tags WHERE device_id = $1 AND module_id = $2", key.DeviceId, key.ModuleId);
                session.Execute("UPDATE presence SET subscriptions = 0, connected = 0 WHERE device_id = $1 AND module_id = $2", key.DeviceId, key.ModuleId);
                return true;
            }

            foreach (var module in session.Query("SELECT module_id FROM identities WHERE device_id = $1", reader => reader.GetString(0), key.DeviceId))
                AddDisconnect(session, new(key.DeviceId, module));
            session.Execute("DELETE FROM identities WHERE device_id = $1", key.DeviceId);
            session.Execute("DELETE FROM twins WHERE device_id = $1", key.DeviceId);
            session.Execute("DELETE FROM twin_tags WHERE device_id = $1", key.DeviceId);
            session.Execute("DELETE FROM messages WHERE device_id = $1", key.DeviceId);
            session.Execute("DELETE FROM snapshots WHERE device_id = $1", key.DeviceId);
            session.Execute("UPDATE presence SET subscriptions = 0, connected = 0 WHERE device_id = $1", key.DeviceId);
            return true;
        },
        cancellation);

    private static void AddDisconnect(SqliteSession session, IdentityKey key) => AddChange(session, key, ChangeKind.Disconnect, null, 0);

    private static void AddChange(SqliteSession session, IdentityKey key, ChangeKind kind, string? body, long version) => session.Execute(
        "INSERT INTO changes (device_id, module_id, kind, body, version, at) VALUES ($1, $2, $3, $4, $5, CAST(unixepoch('subsec') * 1000 AS INTEGER))",
        key.DeviceId, key.ModuleId, (int)kind, body, version);
}
