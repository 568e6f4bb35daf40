using Npgsql;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    public Task<StoredSnapshot?> FindSnapshotAsync(string deviceId, CancellationToken cancellation) =>
        FirstAsync("SELECT device_id, at, etag, body FROM snapshots WHERE device_id = $1", ReadSnapshot, cancellation, deviceId);

    public async Task<IReadOnlyList<StoredSnapshot>> ScanSnapshotsAsync(string after, int limit, CancellationToken cancellation) =>
        await QueryAsync("SELECT device_id, at, etag, body FROM snapshots WHERE device_id > $1 ORDER BY device_id LIMIT $2", ReadSnapshot, cancellation, after, limit);

    // The device's row is locked, so that it is not removed meanwhile and leaves its snapshot behind.
    public async Task<bool> WriteSnapshotAsync(StoredSnapshot snapshot, CancellationToken cancellation) => await ExecuteAsync(
        """
        WITH device AS (SELECT device_id FROM identities WHERE device_id = $1 AND module_id = '' FOR SHARE)
        INSERT INTO snapshots (device_id, at, etag, body) SELECT device_id, $2, $3, $4 FROM device
        ON CONFLICT (device_id) DO UPDATE SET at = excluded.at, etag = excluded.etag, body = excluded.body
        """,
        cancellation, snapshot.DeviceId, Ticks(snapshot.At), snapshot.ETag, snapshot.Body) > 0;

    private static StoredSnapshot ReadSnapshot(NpgsqlDataReader reader) => new(reader.GetString(0), Time(reader.GetInt64(1)), reader.GetString(2), reader.GetFieldValue<byte[]>(3));
}
