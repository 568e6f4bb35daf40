using System.Runtime.CompilerServices;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Platform.Files;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Functions.Blobs.Embedded;

/// <summary>
/// The blobs of an app's own: names and properties in <c>host.db</c>, contents in a folder, one file a version, whose name
/// is generated, so that no blob's name becomes a path.
/// </summary>
public sealed class EmbeddedBlobs : IBlobStore
{
    private const int PageSize = 500;
    private const string Columns = "name, file, length, created, modified";

    private readonly HostDatabase _database;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EmbeddedBlobs(HostDatabase database, string folder, TimeProvider time) => (_database, _folder, _time) = (database, folder, time);

    string IBlobStore.Id => "";

    Task IBlobStore.Changed => Volatile.Read(ref _changed).Task;

    /// <param name="folder">Created where it is missing; for nobody but this object.</param>
    /// <exception cref="IOException">The database or the folder can't be used.</exception>
    public static async Task<EmbeddedBlobs> OpenAsync(HostDatabase database, string folder, TimeProvider time, CancellationToken cancellation)
    {
        PrivateFolder.Create(folder);
        var files = (await database.DoAsync(d => d.Query("SELECT file FROM blobs", row => row.GetString(0)), cancellation)).ToHashSet(StringComparer.Ordinal);
        if (database.IsNew && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            // With host.db their names were lost, and not what is in them.
            StateFile.ClearForFile(folder);
            PrivateFolder.Create(folder);
        }

        // Left by a host that was killed between the file and its row.
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => !files.Contains(Path.GetFileName(f))))
            File.Delete(file);
        return new(database, folder, time);
    }

    async Task<Blob?> IBlobStore.ReadAsync(BlobPath path, CancellationToken cancellation)
    {
        while (await FindAsync(path, cancellation) is { } found)
        {
            try
            {
                return found.Properties.Length <= Blob.MaxBytes
                    ? new(found.Properties, await File.ReadAllBytesAsync(Path.Combine(_folder, found.File), cancellation))
                    : throw Blob.TooLarge(path, found.Properties.Length);
            }
            catch (FileNotFoundException e)
            {
                // Replaced since its row was read; but a row that stays the same has lost its file.
                if (await FindAsync(path, cancellation) is { } again && again.File == found.File)
                    throw new IOException($"The content of the blob {path} is missing: {found.File} in {_folder}", e);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        return null;
    }

    async Task IBlobStore.WriteAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (content.Length > Blob.MaxBytes)
            throw Blob.TooLarge(path, content.Length);

        var file = Guid.NewGuid().ToString("N");
        try
        {
            // On the disk before the row that names it.
            await Task.Run(() => AtomicFile.Write(Path.Combine(_folder, file), content), cancellation);
            var now = _time.GetUtcNow().UtcTicks;
            var (container, name, length) = (path.Container, path.Name, (long)content.Length);
            var replaced = await _database.DoAsync(
                d =>
                {
                    var old = d.Query("SELECT file FROM blobs WHERE container = $1 AND name = $2", row => row.GetString(0), container, name);
                    d.Execute(
                        """
                        INSERT INTO blobs (container, name, file, length, created, modified) VALUES ($1, $2, $3, $4, $5, $5)
                        ON CONFLICT (container, name) DO UPDATE SET file = $3, length = $4, modified = $5
                        """,
                        container, name, file, length, now);
                    return old;
                },
                CancellationToken.None);
            replaced.ForEach(Discard);
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    async IAsyncEnumerable<BlobProperties> IBlobStore.ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var after = ""; ;)
        {
            // Names are compared as UTF-8, in which no name that begins with the prefix comes before it.
            var from = after;
            var page = await _database.DoAsync(
                d => d.Query(
                    $"SELECT {Columns} FROM blobs WHERE container = $1 AND name >= $2 AND name > $3 AND substr(name, 1, length($2)) = $2 ORDER BY name LIMIT {PageSize}",
                    row => Read(container, row).Properties, container, prefix, from),
                cancellation);
            foreach (var blob in page)
                yield return blob;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Path.Name;
        }
    }

    /// <returns>False when there was no such blob.</returns>
    internal async Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation)
    {
        var (container, name) = (path.Container, path.Name);
        var deleted = await _database.DoAsync(
            d => d.Query("DELETE FROM blobs WHERE container = $1 AND name = $2 RETURNING file", row => row.GetString(0), container, name), cancellation);
        deleted.ForEach(Discard);
        return deleted.Count > 0;
    }

    private async Task<(string File, BlobProperties Properties)?> FindAsync(BlobPath path, CancellationToken cancellation)
    {
        var (container, name) = (path.Container, path.Name);
        return await _database.DoAsync(
            d => d.Query($"SELECT {Columns} FROM blobs WHERE container = $1 AND name = $2", row => ((string, BlobProperties)?)Read(container, row), container, name)
                .FirstOrDefault(),
            cancellation);
    }

    // What stays behind is deleted when the host starts again.
    private void Discard(string file)
    {
        try
        {
            File.Delete(Path.Combine(_folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private (string File, BlobProperties Properties) Read(string container, SqliteDataReader row)
    {
        var (path, file) = (BlobPath.Of(container, row.GetString(0)), row.GetString(1));
        var uri = new Uri(Path.GetFullPath(Path.Combine(_folder, file)));
        return (file, new(path, $"0x{file[..16].ToUpperInvariant()}", Time(row.GetInt64(3)), Time(row.GetInt64(4)), row.GetInt64(2), uri));
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
