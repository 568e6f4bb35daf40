using Microsoft.Data.Sqlite;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<StoredSnapshot?> FindSnapshotAsync(string deviceId, CancellationToken cancellation) => ReadAsync(
        session => session.Query("SELECT device_id, at, etag, body FROM snapshots WHERE device_id = $1", ReadSnapshot, deviceId).FirstOrDefault(), cancellation);

    public Task<IReadOnlyList<StoredSnapshot>> ScanSnapshotsAsync(string after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<StoredSnapshot>>(
        session => session.Query("SELECT device_id, at, etag, body FROM snapshots WHERE device_id > $1 ORDER BY device_id LIMIT $2", ReadSnapshot, after, limit), cancellation);

    public Task<bool> WriteSnapshotAsync(StoredSnapshot snapshot, CancellationToken cancellation) => WriteAsync(
        session => session.Execute(
            """
            INSERT INTO snapshots (device_id, at, etag, body) SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM identities WHERE device_id = $1 AND module_id = '')
            ON CONFLICT (device_id) DO UPDATE SET at = excluded.at, etag = excluded.etag, body = excluded.body
            """,
            snapshot.DeviceId, Ticks(snapshot.At), snapshot.ETag, snapshot.Body) > 0,
        cancellation);

    private static StoredSnapshot ReadSnapshot(SqliteDataReader reader) => new(reader.GetString(0), Time(reader.GetInt64(1)), reader.GetString(2), reader.GetFieldValue<byte[]>(3));
}
