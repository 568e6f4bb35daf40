using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    private const string IdentityColumns =
        "i.device_id, i.module_id, i.generation, i.etag, i.enabled, i.status_reason, i.status_updated, i.authentication, i.primary_key, i.secondary_key, i.primary_thumbprint, i.secondary_thumbprint, i.edge, i.managed_by";

    private const string PresenceColumns =
        "p.connected, p.changed, p.last_activity, (SELECT COUNT(*) FROM messages m WHERE i.module_id = '' AND m.device_id = i.device_id)";

    private const string IdentityRows =
        $"SELECT {IdentityColumns}, {PresenceColumns} FROM identities i LEFT JOIN presence p ON p.device_id = i.device_id AND p.module_id = i.module_id";

    private const int FirstPresenceColumn = 14;

    public Task<Identity?> FindIdentityAsync(IdentityKey key, CancellationToken cancellation) => ReadAsync(
        session => session.Query($"SELECT {IdentityColumns} FROM identities i WHERE i.device_id = $1 AND i.module_id = $2", ReadIdentity, key.DeviceId, key.ModuleId).FirstOrDefault(),
        cancellation);

    public Task<IdentityRow?> FindRowAsync(IdentityKey key, CancellationToken cancellation) => ReadAsync(
        session => session.Query($"{IdentityRows} WHERE i.device_id = $1 AND i.module_id = $2", ReadRow, key.DeviceId, key.ModuleId).FirstOrDefault(),
        cancellation);

    public Task<IReadOnlyList<IdentityRow>> ListDevicesAsync(int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<IdentityRow>>(
        session => session.Query($"{IdentityRows} WHERE i.module_id = '' ORDER BY i.device_id LIMIT $1", ReadRow, limit),
        cancellation);

    public Task<IReadOnlyList<IdentityRow>> ListModulesAsync(string deviceId, CancellationToken cancellation) => ReadAsync<IReadOnlyList<IdentityRow>>(
        session => session.Query($"{IdentityRows} WHERE i.device_id = $1 AND i.module_id <> '' ORDER BY i.module_id", ReadRow, deviceId),
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
                "INSERT INTO identities VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING", ValuesOf(identity));
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
                [.. ValuesOf(identity), expectedETag]);
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
            session.Execute("UPDATE presence SET subscriptions = 0, connected = 0 WHERE device_id = $1", key.DeviceId);
            return true;
        },
        cancellation);

    private static void AddDisconnect(SqliteSession session, IdentityKey key) => AddChange(session, key, ChangeKind.Disconnect, null, 0);

    private static void AddChange(SqliteSession session, IdentityKey key, ChangeKind kind, string? body, long version) => session.Execute(
        "INSERT INTO changes (device_id, module_id, kind, body, version, at) VALUES ($1, $2, $3, $4, $5, CAST(unixepoch('subsec') * 1000 AS INTEGER))",
        key.DeviceId, key.ModuleId, (int)kind, body, version);

    private static Presence ReadPresence(SqliteDataReader reader, int column) => reader.IsDBNull(column)
        ? Presence.Never
        : new(reader.GetInt64(column) != 0, OptionalTime(reader, column + 1), OptionalTime(reader, column + 2));

    private IdentityRow ReadRow(SqliteDataReader reader) =>
        new(ReadIdentity(reader), ReadPresence(reader, FirstPresenceColumn), reader.GetInt32(FirstPresenceColumn + 3));

    private Identity ReadIdentity(SqliteDataReader reader) => new(new(reader.GetString(0), reader.GetString(1)), reader.GetString(2), reader.GetString(3))
    {
        IsEnabled = reader.GetInt64(4) != 0,
        StatusReason = OptionalText(reader, 5),
        StatusUpdated = OptionalTime(reader, 6),
        Authentication = (AuthenticationType)reader.GetInt32(7),
        PrimaryKey = reader.IsDBNull(8) ? null : _secrets.Decrypt((byte[])reader.GetValue(8)),
        SecondaryKey = reader.IsDBNull(9) ? null : _secrets.Decrypt((byte[])reader.GetValue(9)),
        PrimaryThumbprint = OptionalText(reader, 10),
        SecondaryThumbprint = OptionalText(reader, 11),
        IsEdge = reader.GetInt64(12) != 0,
        ManagedBy = OptionalText(reader, 13),
    };

    private object?[] ValuesOf(Identity identity) =>
    [
        identity.Key.DeviceId, identity.Key.ModuleId, identity.GenerationId, identity.ETag, identity.IsEnabled ? 1 : 0, identity.StatusReason,
        identity.StatusUpdated?.UtcTicks, (int)identity.Authentication,
        identity.PrimaryKey is { } primary ? _secrets.Encrypt(primary) : null, identity.SecondaryKey is { } secondary ? _secrets.Encrypt(secondary) : null,
        identity.PrimaryThumbprint, identity.SecondaryThumbprint, identity.IsEdge ? 1 : 0, identity.ManagedBy,
    ];
}
