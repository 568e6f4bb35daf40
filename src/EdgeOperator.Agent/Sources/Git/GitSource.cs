using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Lfs;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>
/// A folder of a Git repository at a branch, a tag, the highest tag of a semver range, or a commit. Each poll asks the
/// server for the one ref; only when that moved something is fetched, and then neither history nor other folders' files.
/// </summary>
public sealed partial class GitSource : ISource
{
    private const long LittleSpace = 1024 * 1024;

    /// <summary>Failures in a row with the same mirror, time-outs included, until the mirror itself is replaced.</summary>
    private const int MaxFailures = 2;

    private readonly GitSourceConfiguration _configuration;
    private readonly string _folder;
    private readonly string _path;
    private readonly ILogger<GitSource> _logger;
    private readonly Refusals _refusals;
    private readonly Refusals _lost;
    private readonly SourcePins? _pins;

    // The parts that an acceptable address is needed for; a refused one is reported by every poll.
    private readonly Lazy<GitParts> _parts;

    private int _failures;

    /// <param name="folder">Where the source may keep its own things between runs.</param>
    /// <param name="pins">Whether somebody else keeps it at a commit; null for nobody.</param>
    public GitSource(GitSourceConfiguration configuration, string folder, TimeProvider time, ILogger<GitSource> logger, SourcePins? pins = null)
    {
        (_configuration, _folder, _logger, _pins) = (configuration, Path.GetFullPath(folder), logger, pins);
        _path = configuration.Path.Trim('/');
        _refusals = new(time);
        _lost = new(time);
        _parts = new(() => new(configuration, _path, _folder, time), LazyThreadSafetyMode.PublicationOnly);
    }

    public SourceConfiguration Configuration => _configuration;

    public (string Kind, string Location) Description => ("git", GitText.Clean(_configuration.Url));

    public Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation) => AttemptAsync(async parts =>
    {
        var target = await AskAsync(parts, cancellation);
        return request.Known == IdOf(target.Commit) ? new FetchResult.Unchanged() : await DeliverAsync(parts, target, request, cancellation);
    });

    /// <summary>Reads a commit by its id, from the mirror where that still has it. It was verified when it was delivered, and its id vouches for it.</summary>
    public Task<FetchResult> FetchAgainAsync(string artifact, CancellationToken cancellation) => AttemptAsync(async parts =>
    {
        var commit = artifact.Split(':')[0];
        if (!RemoteRef.IsObjectId(commit) || (artifact != IdOf(commit) && !artifact.StartsWith($"{commit}:{_path}:", StringComparison.Ordinal)))
            throw new FetchException(FetchReasons.NotFound, $"{artifact} is not a commit's folder {(_path.Length == 0 ? "/" : _path)}, which the source reads now");

        _lost.Check(artifact);
        var target = RemoteRef.Find(new GitRef.Commit(commit), ImmutableDictionary<string, string>.Empty);
        try
        {
            await parts.Repository.PrepareAsync(commit.Length, cancellation);
            return await TryDeliverAgainAsync(parts, target, artifact, cancellation);
        }
        catch (FetchException e) when (e.Reason == FetchReasons.NotFound)
        {
            // All of the history was searched for it.
            _lost.Add(artifact, e);
            throw;
        }
        catch (Exception e) when (IsMirrorFault(e))
        {
            LogStartingAfresh(_configuration.Name, e.Message);
            Discard(parts);
            await parts.Repository.PrepareAsync(commit.Length, cancellation);
            return await TryDeliverAgainAsync(parts, target, artifact, cancellation);
        }
    });

    private async Task<FetchResult> AttemptAsync(Func<GitParts, Task<FetchResult>> fetch)
    {
        try
        {
            var parts = _parts.Value;
            PrivateFolder.Create(_folder);
            parts.Environment.Prepare();
            return await fetch(parts);
        }
        catch (FetchException e) when (e.Reason == FetchReasons.Corrupt && IsDiskFull())
        {
            return new FetchResult.Failed(StorageException.Reason, $"no space left for {_folder} ({e.Message})");
        }
        catch (FetchException e)
        {
            return FetchResult.Of(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FetchResult.Failed(StorageException.Reason, e.Message);
        }
    }

    /// <summary>A server does not push: polls find out. Who pins the source tells it.</summary>
    public Task WatchAsync(Action changed, CancellationToken cancellation) =>
        _pins?.WatchAsync(_configuration.Name, changed, cancellation) ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);

    private GitRef Wanted => _pins?.Of(_configuration.Name) is { } commit ? new GitRef.Commit(commit) : _configuration.Ref;

    private async Task<RemoteRef> AskAsync(GitParts parts, CancellationToken cancellation)
    {
        var wanted = Wanted;
        var refs = await parts.Refs.ListAsync(wanted, cancellation);
        return await parts.TieBreaker.ChooseAsync(RemoteRef.Find(wanted, refs), cancellation);
    }

    // A mirror is only a cache: whatever is wrong with it, or may be, a fresh one is tried before anything is reported.
    private async Task<FetchResult> DeliverAsync(GitParts parts, RemoteRef target, FetchRequest request, CancellationToken cancellation)
    {
        if (_failures >= MaxFailures)
        {
            LogStartingAfresh(_configuration.Name, $"{_failures} fetches in a row failed");
            Discard(parts);
        }

        var refusalKey = $"{target.ObjectId} {target.Name} {parts.Trust?.Fingerprint}";
        if (!request.AllowRewind)
            _refusals.Check(refusalKey);

        var (isFresh, wasPartial) = (false, parts.Repository.IsPartial);
        try
        {
            isFresh = await parts.Repository.PrepareAsync(target.ObjectId.Length, cancellation);
            return await TryDeliverAsync(parts, target, request, refusalKey, cancellation);
        }
        catch (Exception e) when ((!isFresh || parts.Repository.IsPartial != wasPartial) && IsMirrorFault(e))
        {
            LogStartingAfresh(_configuration.Name, e.Message);
            Discard(parts);
            await parts.Repository.PrepareAsync(target.ObjectId.Length, cancellation);
            return await TryDeliverAsync(parts, target, request, refusalKey, cancellation);
        }
        catch (Exception e) when (!isFresh && e is not (RefusedException or LfsException))
        {
            _failures++;
            throw;
        }
    }

    private async Task<FetchResult> TryDeliverAsync(
        GitParts parts, RemoteRef target, FetchRequest request, string refusalKey, CancellationToken cancellation)
    {
        var before = parts.Repository.State();
        try
        {
            var last = parts.Trust?.Last(request);
            var commit = await parts.Repository.FetchAsync(target, depth: parts.Trust?.DepthFrom(last, target) ?? 1, cancellation);
            var result = await JudgeAsync(parts, target, commit, last, request, cancellation);
            _failures = 0;
            await parts.Repository.MaintainAsync(cancellation);

            // As with the mirror: room for the next fetch.
            parts.LargeFiles.Trim((_configuration.MaxRepositorySize / 2) - parts.Git.Size);
            return result;
        }
        catch (RefusedException e)
        {
            _refusals.Add(refusalKey, e);
            parts.Repository.Restore(before);
            throw;
        }
        catch (FetchException e) when (e.Reason == FetchReasons.Refused)
        {
            parts.Repository.Restore(before);
            throw;
        }
    }

    private async Task<FetchResult> TryDeliverAgainAsync(GitParts parts, RemoteRef target, string artifact, CancellationToken cancellation)
    {
        var before = parts.Repository.State();
        try
        {
            if (!await parts.Repository.HasAsync(target.Commit, cancellation))
                await parts.Repository.FetchAsync(target, depth: 1, cancellation);
            var (files, missing) = await ReadAsync(parts, target.Commit, cancellation);
            return IdOf(target.Commit, missing) == artifact
                ? new FetchResult.Fetched(new(_configuration.Name, artifact, target.Display, files))
                : throw new RefusedException(new(FetchReasons.NotFound, $"{target.Display} has other contents of Git LFS than it had"));
        }
        finally
        {
            // The next poll goes on from what is followed.
            parts.Repository.Restore(before);
        }
    }

    private async Task<FetchResult> JudgeAsync(
        GitParts parts, RemoteRef target, string commit, VerifiedCommit? last, FetchRequest request, CancellationToken cancellation)
    {
        try
        {
            var verdict = parts.Trust is null ? null : await parts.Trust.CheckAsync(target, commit, last, request.AllowRewind, cancellation);
            var (files, missing) = await ReadAsync(parts, commit, cancellation);

            // Only now: what can't be read is not what the next commit must descend from.
            if (verdict is not null)
                parts.Trust!.Remember(verdict.Verified);

            var display = target.Display.Replace(GitText.Short(target.Commit), GitText.Short(commit));
            var id = IdOf(commit, missing);
            return id == request.Known && verdict?.Rewind is null
                ? new FetchResult.Unchanged()
                : new FetchResult.Fetched(new(_configuration.Name, id, display, files)) { Rewind = verdict?.Rewind };
        }
        catch (FetchException e) when (e.Reason is FetchReasons.Refused or FetchReasons.Unverified or FetchReasons.RewindRefused or FetchReasons.NotFound)
        {
            throw new RefusedException(e);
        }
    }

    private async Task<GitFiles> ReadAsync(GitParts parts, string commit, CancellationToken cancellation)
    {
        try
        {
            return await parts.Tree.ReadAsync(commit, _path, parts.Repository, parts.Lfs, cancellation);
        }
        catch (FetchException e) when (e.Reason == FetchReasons.Corrupt && _path.Length == 0)
        {
            // Of a whole repository only files that are too large were left out; that this is why is looked for only now.
            await parts.Repository.CompleteAsync(commit + "^{tree}", only: null, cancellation);
            throw;
        }
    }

    private void Discard(GitParts parts)
    {
        parts.Repository.Discard();
        _failures = 0;
    }

    // The server has just answered, so that a fetch which fails for any reason but the way there may fail because of the mirror.
    private bool IsMirrorFault(Exception error) => error switch
    {
        RefusedException or LfsException => false,
        FetchException { Reason: FetchReasons.Corrupt or FetchReasons.Refused or FetchReasons.NotFound } => true,
        IOException or UnauthorizedAccessException => !IsDiskFull(),
        _ => false,
    };

    // Git reports it by several messages.
    private bool IsDiskFull() => new DriveInfo(_folder).AvailableFreeSpace < LittleSpace;

    private string IdOf(string commit) => _path.Length == 0 ? commit : $"{commit}:{_path}";

    // What lacks files is another artifact than the whole one, which it may become without another commit.
    private string IdOf(string commit, ImmutableArray<string> missing) => missing.IsEmpty ? IdOf(commit)
        : $"{commit}:{_path}:without-{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(missing.Order(StringComparer.Ordinal)))))[..12]}";

    /// <summary>A commit was fetched whole, and is not acceptable.</summary>
    private sealed class RefusedException(FetchException refusal) : FetchException(refusal.Reason, refusal.Message);
}
