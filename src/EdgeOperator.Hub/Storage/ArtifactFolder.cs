using System.Collections.Concurrent;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Hub.Storage;

/// <summary>Artifacts as files named by their hashes. A file's time of change is when it was last used.</summary>
internal sealed class ArtifactFolder(string path) : IArtifactStore
{
    private const string Unfinished = ".upload-";
    private const int BufferSize = 128 * 1024;

    private readonly ConcurrentDictionary<string, bool> _uploads = new();

    public Task<StoredArtifact?> FindAsync(string hash, CancellationToken cancellation) => Task.FromResult(Find(PathOf(hash)));

    public Task<IReadOnlyList<StoredArtifact>> ListAsync(string after, int limit, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<StoredArtifact>>(
    [
        .. Files().Select(Path.GetFileName).OfType<string>().Where(ArtifactDigest.IsHash).Where(hash => string.CompareOrdinal(hash, after) > 0).Order(StringComparer.Ordinal)
            .Select(hash => Find(PathOf(hash))).OfType<StoredArtifact>().Take(limit),
    ]);

    public IArtifactUpload Begin() => new Upload(this);

    public async Task CopyAsync(string hash, long from, long count, Stream to, CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        await using var file = Accessing(() => new FileStream(PathOf(hash), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous));
        file.Position = from;
        while (count > 0)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellation);
            if (read == 0)
                throw new StoreException($"the artifact {hash} is shorter than it was");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            count -= read;
        }
    }

    public Task MarkUsedAsync(string hash, DateTimeOffset at, CancellationToken cancellation)
    {
        if (File.Exists(PathOf(hash)))
            Accessing(() => Touch(PathOf(hash), at));
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(string hash, DateTimeOffset unusedSince, CancellationToken cancellation)
    {
        if (Find(PathOf(hash)) is not { } artifact || artifact.Used >= unusedSince)
            return Task.FromResult(false);
        Accessing(() => AtomicFile.Delete(PathOf(hash)));
        return Task.FromResult(true);
    }

    // Those of this process are under way, however old they are; there is no other one.
    public Task RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        foreach (var file in Files().Where(f => Path.GetFileName(f).StartsWith(Unfinished, StringComparison.Ordinal) && !_uploads.ContainsKey(f)))
            Accessing(() => File.Delete(file));
        return Task.CompletedTask;
    }

    private string PathOf(string hash) => Path.Combine(path, hash);

    private string[] Files() => Directory.Exists(path) ? Accessing(() => Directory.GetFiles(path)) : [];

    private static StoredArtifact? Find(string file) => new FileInfo(file) is { Exists: true } info ? new(info.Name, info.Length, new(info.LastWriteTimeUtc, TimeSpan.Zero)) : null;

    private static void Touch(string file, DateTimeOffset at) => File.SetLastWriteTimeUtc(file, at.UtcDateTime);

    private static void Accessing(Action access) => Accessing(() =>
    {
        access();
        return true;
    });

    private static T Accessing<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(e.Message, e);
        }
    }

    private sealed class Upload : IArtifactUpload
    {
        private readonly ArtifactFolder _folder;
        private readonly string _path;
        private readonly FileStream _file;

        public Upload(ArtifactFolder folder)
        {
            _folder = folder;
            _path = folder.PathOf(Unfinished + Guid.NewGuid().ToString("N"));
            folder._uploads[_path] = true;
            _file = Accessing(() =>
            {
                PrivateFolder.Create(Path.GetDirectoryName(_path)!);
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = BufferSize, Options = FileOptions.Asynchronous };
                if (!OperatingSystem.IsWindows())
                    options.UnixCreateMode = AtomicFile.Private;
                return new FileStream(_path, options);
            });
        }

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            try
            {
                await _file.WriteAsync(bytes, cancellation);
            }
            catch (IOException e)
            {
                throw new StoreException(e.Message, e);
            }
        }

        public Task CompleteAsync(string hash, DateTimeOffset now, CancellationToken cancellation)
        {
            Accessing(() =>
            {
                _file.Flush(flushToDisk: true);
                _file.Dispose();
                Touch(_path, now);
                File.Move(_path, _folder.PathOf(hash), overwrite: true);
                AtomicFile.SyncFolder(Path.GetDirectoryName(_path)!);
            });
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await _file.DisposeAsync();
                File.Delete(_path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // On a full disk, closing fails too; what is left is removed later.
            }

            _folder._uploads.TryRemove(_path, out _);
        }
    }
}
