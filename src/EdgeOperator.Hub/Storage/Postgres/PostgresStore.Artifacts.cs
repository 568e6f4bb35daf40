using Npgsql;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

/// <summary>Artifacts in chunks, so that neither a write nor a read holds a connection while a device's network is waited for.</summary>
internal sealed partial class PostgresStore : IArtifactStore
{
    private const int ChunkSize = 256 * 1024;

    /// <summary>Chunks that one query reads.</summary>
    private const int ChunksAtOnce = 4;

    public Task<StoredArtifact?> FindAsync(string hash, CancellationToken cancellation) => FirstAsync("SELECT hash, size, used FROM artifacts WHERE hash = $1", ReadArtifact, cancellation, hash);

    public async Task<IReadOnlyList<StoredArtifact>> ListAsync(string after, int limit, CancellationToken cancellation) =>
        await QueryAsync("SELECT hash, size, used FROM artifacts WHERE hash > $1 ORDER BY hash LIMIT $2", ReadArtifact, cancellation, after, limit);

    public IArtifactUpload Begin() => new ArtifactUpload(this);

    public async Task CopyAsync(string hash, long from, long count, Stream to, CancellationToken cancellation)
    {
        var number = (int)(from / ChunkSize);
        var skip = (int)(from % ChunkSize);
        while (count > 0)
        {
            var chunks = await QueryAsync(
                "SELECT c.data FROM artifacts a JOIN artifact_chunks c ON c.upload = a.upload WHERE a.hash = $1 AND c.number >= $2 AND c.number < $2 + $3 ORDER BY c.number",
                reader => reader.GetFieldValue<byte[]>(0), cancellation, hash, number, (int)Math.Min(ChunksAtOnce, (skip + count + ChunkSize - 1) / ChunkSize));
            if (chunks.Count == 0)
                throw new StoreException($"the artifact {hash} has been removed");
            foreach (var chunk in chunks)
            {
                var length = (int)Math.Min(chunk.Length - skip, count);
                await to.WriteAsync(chunk.AsMemory(skip, length), cancellation);
                (count, skip) = (count - length, 0);
            }

            number += chunks.Count;
        }
    }

    public Task MarkUsedAsync(string hash, DateTimeOffset at, CancellationToken cancellation) =>
        ExecuteAsync("UPDATE artifacts SET used = $2 WHERE hash = $1 AND used < $2", cancellation, hash, Ticks(at));

    public async Task<bool> RemoveAsync(string hash, DateTimeOffset unusedSince, CancellationToken cancellation) => await NumberAsync(
        """
        WITH gone AS (DELETE FROM artifacts WHERE hash = $1 AND used < $2 RETURNING upload),
        chunks AS (DELETE FROM artifact_chunks USING gone WHERE artifact_chunks.upload = gone.upload)
        SELECT count(*) FROM gone
        """,
        cancellation, hash, Ticks(unusedSince)) > 0;

    public Task RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellation) => ExecuteAsync(
        "DELETE FROM artifact_chunks c WHERE c.at < $1 AND NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.upload = c.upload)", cancellation, Ticks(before));

    private static StoredArtifact ReadArtifact(NpgsqlDataReader reader) => new(reader.GetString(0), reader.GetInt64(1), Time(reader.GetInt64(2)));

    private sealed class ArtifactUpload(PostgresStore store) : IArtifactUpload
    {
        private readonly Guid _id = Guid.NewGuid();
        private readonly byte[] _chunk = new byte[ChunkSize];
        private int _filled;
        private int _written;
        private long _size;
        private bool _isKept;

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            while (!bytes.IsEmpty)
            {
                var count = Math.Min(bytes.Length, ChunkSize - _filled);
                bytes[..count].CopyTo(_chunk.AsMemory(_filled));
                (bytes, _filled, _size) = (bytes[count..], _filled + count, _size + count);
                if (_filled == ChunkSize)
                    await FlushAsync(cancellation);
            }
        }

        // Counted, for chunks of an upload that takes too long are removed.
        public async Task CompleteAsync(string hash, DateTimeOffset now, CancellationToken cancellation)
        {
            await FlushAsync(cancellation);
            var kept = await store.QueryAsync(
                """
                INSERT INTO artifacts AS a (hash, upload, size, used) SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM artifact_chunks WHERE upload = $2) = $5
                ON CONFLICT (hash) DO UPDATE SET used = greatest(a.used, excluded.used)
                RETURNING a.upload
                """,
                reader => reader.GetGuid(0), cancellation, hash, _id, _size, Ticks(now), (long)_written);
            if (kept.Count == 0)
                throw new StoreException("the upload took too long");
            _isKept = kept[0] == _id;
        }

        public async ValueTask DisposeAsync()
        {
            if (_isKept || _written == 0)
                return;
            try
            {
                await store.ExecuteAsync("DELETE FROM artifact_chunks c WHERE c.upload = $1 AND NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.upload = $1)", CancellationToken.None, _id);
            }
            catch (StoreException)
            {
                // What is left is removed later.
            }
        }

        private async Task FlushAsync(CancellationToken cancellation)
        {
            if (_filled == 0)
                return;
            await store.ExecuteAsync(
                "INSERT INTO artifact_chunks (upload, number, at, data) VALUES ($1, $2, (extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000, $3)",
                cancellation, _id, _written, _chunk[.._filled]);
            (_written, _filled) = (_written + 1, 0);
        }
    }
}
