using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    public Task<Identity?> FindIdentityAsync(IdentityKey key, CancellationToken cancellation) =>
        FirstAsync($"SELECT {StoredRows.IdentityColumns} FROM identities i WHERE i.device_id = $1 AND i.module_id = $2", _rows.ReadIdentity, cancellation, key.DeviceId, key.ModuleId);

    public Task<IdentityRow?> FindRowAsync(IdentityKey key, CancellationToken cancellation) =>
        FirstAsync($"{StoredRows.Identities} WHERE i.device_id = $1 AND i.module_id = $2", _rows.ReadRow, cancellation, key.DeviceId, key.ModuleId);

    public async Task<IReadOnlyList<IdentityRow>> ListDevicesAsync(int limit, CancellationToken cancellation) =>
        await QueryAsync($"{StoredRows.Identities} WHERE i.module_id = '' ORDER BY i.device_id LIMIT $1", _rows.ReadRow, cancellation, limit);

    public async Task<IReadOnlyList<IdentityRow>> ListModulesAsync(string deviceId, CancellationToken cancellation) =>
        await QueryAsync($"{StoredRows.Identities} WHERE i.device_id = $1 AND i.module_id <> '' ORDER BY i.module_id", _rows.ReadRow, cancellation, deviceId);

    public async Task<IdentityCounts> CountAsync(CancellationToken cancellation) => (await FirstAsync(
        """
        SELECT count(*), count(*) FILTER (WHERE enabled), (SELECT count(*) FROM presence WHERE module_id = '' AND connected)
        FROM identities WHERE module_id = ''
        """,
        reader => new IdentityCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), cancellation))!;

    // The device's row is locked, so that a module is not added to a device that is being removed.
    public async Task<bool> AddAsync(Identity identity, Twin twin, CancellationToken cancellation) => await NumberAsync(
        """
        WITH device AS (SELECT 1 FROM identities WHERE device_id = $1 AND module_id = '' AND $2 <> '' FOR KEY SHARE),
        added AS (
            INSERT INTO identities SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
            WHERE $2 = '' OR EXISTS (SELECT 1 FROM device)
            ON CONFLICT DO NOTHING RETURNING device_id),
        twin AS (INSERT INTO twins SELECT $1, $2, $15, $16, $17, $18, $19, $20, $21, $22, $23 FROM added),
        change AS (INSERT INTO changes (device_id, module_id, kind, version) SELECT $1, $2, 7, 0 FROM added),
        tags AS (INSERT INTO twin_tags SELECT entry, $1, $2 FROM added, unnest($24::text[]) AS entry)
        SELECT count(*) FROM added
        """,
        cancellation,
        [
            .. _rows.ValuesOf(identity), twin.Version, twin.Tags.ToJsonString(),
            twin.Desired.Values.ToJsonString(), twin.Desired.Metadata.ToJsonString(), twin.Desired.Version,
            twin.Reported.Values.ToJsonString(), twin.Reported.Metadata.ToJsonString(), twin.Reported.Version, twin.Configurations.ToJsonString(), TwinIndex.EntriesOf(twin.Tags).ToArray(),
        ]) > 0;

    public async Task<bool> UpdateAsync(Identity identity, string expectedETag, CancellationToken cancellation) => await ExecuteAsync(
        """
        WITH updated AS (
            UPDATE identities SET generation = $3, etag = $4, enabled = $5, status_reason = $6, status_updated = $7, authentication = $8, primary_key = $9,
                secondary_key = $10, primary_thumbprint = $11, secondary_thumbprint = $12, edge = $13, managed_by = $14
            WHERE device_id = $1 AND module_id = $2 AND etag = $15 RETURNING device_id, module_id)
        INSERT INTO changes (device_id, module_id, kind, version) SELECT device_id, module_id, 3, 0 FROM updated
        """,
        cancellation,
        [.. _rows.ValuesOf(identity), expectedETag]) > 0;

    // Locked first: who adds a module or a message locks the device too, and what it has added is seen then.
    public async Task<bool> RemoveAsync(IdentityKey key, string? expectedETag, CancellationToken cancellation) => await ExecuteAsync(
        "SELECT 1 FROM identities WHERE device_id = $1 AND module_id = $2 AND ($3::text IS NULL OR etag = $3) FOR UPDATE",
        """
        WITH named AS (DELETE FROM identities WHERE device_id = $1 AND module_id = $2 AND ($3::text IS NULL OR etag = $3) RETURNING device_id, module_id),
        modules AS (DELETE FROM identities USING named WHERE named.module_id = '' AND identities.device_id = named.device_id AND identities.module_id <> '' RETURNING identities.device_id, identities.module_id),
        removed AS (SELECT * FROM named UNION ALL SELECT * FROM modules),
        t AS (DELETE FROM twins USING named WHERE twins.device_id = named.device_id AND named.module_id IN ('', twins.module_id)),
        e AS (DELETE FROM twin_tags USING named WHERE twin_tags.device_id = named.device_id AND named.module_id IN ('', twin_tags.module_id)),
        s AS (DELETE FROM snapshots USING named WHERE named.module_id = '' AND snapshots.device_id = named.device_id),
        m AS (DELETE FROM messages USING named WHERE named.module_id = '' AND messages.device_id = named.device_id),
        p AS (UPDATE presence SET subscriptions = 0, connected = false FROM named WHERE presence.device_id = named.device_id AND named.module_id IN ('', presence.module_id))
        INSERT INTO changes (device_id, module_id, kind, version) SELECT device_id, module_id, 3, 0 FROM removed
        """,
        cancellation, [key.DeviceId, key.ModuleId, expectedETag]) > 0;
}
