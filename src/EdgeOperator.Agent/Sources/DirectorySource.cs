using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Tree;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Sources;

/// <summary>A folder on the device. What it delivers is named by a hash over all paths and contents.</summary>
public sealed class DirectorySource(DirectorySourceConfiguration configuration, TimeProvider time) : ISource
{
    private const int Attempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly FolderReader _reader = new(configuration.Path, SourceLimits.Default);
    private readonly FolderWatcher _watcher = new(configuration.Path, time);

    public SourceConfiguration Configuration => configuration;

    public (string Kind, string Location) Description => ("directory", configuration.Path);

    public async Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(request.Known, cancellation);
        }
        catch (FetchException e) when (configuration.Manifest is not null && e.Reason != FetchReasons.NotFound)
        {
            return await AloneAsync(configuration.Manifest, request.Known, cancellation);
        }
        catch (FetchException e)
        {
            return FetchResult.Of(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FetchResult.Failed(FetchReasons.Unreadable, e.Message);
        }
    }

    /// <summary>Reads one file of any kind.</summary>
    /// <exception cref="IOException">It can't be read, or is larger than a source's files may be.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static async Task<byte[]> ReadFileAsync(string file, CancellationToken cancellation) =>
        await BoundedStream.ReadAllAsync(File.OpenRead(file), (int)SourceLimits.Default.MaxFileSize, file, cancellation);

    public Task WatchAsync(Action changed, CancellationToken cancellation) => _watcher.RunAsync(changed, cancellation);

    // A manifest that lies in a folder which is no source, such as /tmp, can name no other file of it.
    private async Task<FetchResult> AloneAsync(string manifest, string? known, CancellationToken cancellation)
    {
        try
        {
            var files = Marked([new(manifest, await ReadFileAsync(Path.Combine(configuration.Path, manifest), cancellation))]);
            var id = IdOf(files);
            return id == known ? new FetchResult.Unchanged() : Fetched(id, files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FetchResult.Failed(FetchReasons.Unreadable, e.Message);
        }
    }

    private async Task<FetchResult> ReadAsync(string? known, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var snapshot = _reader.TryRead(cancellation);
            var files = snapshot is null ? [] : Marked(snapshot.Files);
            var id = snapshot is null ? null : IdOf(files);
            if (id is not null && id == known)
                return new FetchResult.Unchanged();

            // A change has to last for a moment: a file that was emptied to be written again is none.
            await Task.Delay(Pause, time, cancellation);
            if (id is not null && _reader.IsCurrent(snapshot!))
                return Fetched(id, files);
        }

        throw new FetchException(FetchReasons.Changing, $"the files in {configuration.Path} keep changing while they are read");
    }

    private FetchResult.Fetched Fetched(string id, ImmutableArray<ManifestFile> files) => new(new(configuration.Name, id, $"{configuration.Name}@{id[..7]}", files));

    private ImmutableArray<ManifestFile> Marked(ImmutableArray<ManifestFile> files) => configuration.Manifest is not { } manifest
        ? files
        : [.. files.Select(file => file with { IsManifest = file.Path == manifest })];

    private static string IdOf(ImmutableArray<ManifestFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            // Lengths first, so that no two sets of files read the same; what plain files lack is not named.
            var how = (file.IsExecutable ? "x" : "") + (file.LinkedFrom is { } from ? $">{from}" : "") + (file.Refused is { } refused ? $"!{refused}" : "") + (file.IsManifest is { } isManifest ? $"?{isManifest}" : "");
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Content.Length}{how}\0"));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..40];
    }
}
