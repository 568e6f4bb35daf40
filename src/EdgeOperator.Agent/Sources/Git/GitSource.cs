using EdgeOperator.Agent.Sources.Tree;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
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

    private readonly GitSourceConfiguration _configuration;
    private readonly string _folder;
    private readonly string _path;
    private readonly ILogger<GitSource> _logger;

    // The parts that an acceptable address is needed for; a refused one is reported by every poll.
    private readonly Lazy<Parts> _parts;

    /// <param name="folder">Where the source may keep its own things between runs.</param>
    public GitSource(GitSourceConfiguration configuration, string folder, ILogger<GitSource> logger)
    {
        (_configuration, _folder, _logger) = (configuration, Path.GetFullPath(folder), logger);
        _path = configuration.Path.Trim('/');
        _parts = new(() => new(configuration, _path, _folder), LazyThreadSafetyMode.PublicationOnly);
    }

    public SourceConfiguration Configuration => _configuration;

    public (string Kind, string Location) Description => ("git", GitText.Clean(_configuration.Url));

    public async Task<FetchResult> FetchAsync(string? known, CancellationToken cancellation)
    {
        try
        {
            var parts = _parts.Value;
            PrivateFolder.Create(_folder);
            parts.Environment.Prepare();
            var target = await AskAsync(parts, cancellation);
            return known == IdOf(target.Commit)
                ? new FetchResult.Unchanged()
                : new FetchResult.Fetched(await DeliverAsync(parts, target, cancellation));
        }
        catch (FetchException e) when (e.Reason == FetchReasons.Corrupt && IsDiskFull())
        {
            return new FetchResult.Failed(StorageException.Reason, $"no space left for {_folder} ({e.Message})");
        }
        catch (FetchException e)
        {
            return e.AsResult;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FetchResult.Failed(StorageException.Reason, e.Message);
        }
    }

    /// <summary>A server says nothing by itself: polls find out.</summary>
    public Task WatchAsync(Action changed, CancellationToken cancellation) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);

    private async Task<RemoteRef> AskAsync(Parts parts, CancellationToken cancellation)
    {
        var patterns = RemoteRef.Patterns(_configuration.Ref);
        var printed = patterns.Length == 0 ? "" : await parts.Git.AskAsync(["ls-remote", "--quiet", "--", parts.Url.Address, .. patterns], cancellation);
        return RemoteRef.Find(_configuration.Ref, printed);
    }

    private async Task<Artifact> DeliverAsync(Parts parts, RemoteRef target, CancellationToken cancellation)
    {
        try
        {
            return await TryDeliverAsync(parts, target, cancellation);
        }
        catch (FetchException e) when (e.Reason == FetchReasons.Corrupt)
        {
            LogStartingAfresh(_configuration.Name, e.Message);
            parts.Repository.Discard();
            return await TryDeliverAsync(parts, target, cancellation);
        }
    }

    private async Task<Artifact> TryDeliverAsync(Parts parts, RemoteRef target, CancellationToken cancellation)
    {
        var commit = await parts.Repository.FetchAsync(target, cancellation);
        if (parts.Signature is { } signature)
            await signature.CheckAsync(target, commit, cancellation);

        var tree = await parts.Tree.FindAsync(commit, _path, cancellation);
        await parts.Repository.CompleteAsync(tree, cancellation);
        var files = await parts.Tree.ReadAsync(tree, cancellation);
        await parts.Repository.TidyAsync(cancellation);
        return new(_configuration.Name, IdOf(commit), target.Display.Replace(GitText.Short(target.Commit), GitText.Short(commit)), files);
    }

    // Git has many words for it.
    private bool IsDiskFull() => new DriveInfo(_folder).AvailableFreeSpace < LittleSpace;

    private string IdOf(string commit) => _path.Length == 0 ? commit : $"{commit}:{_path}";

    private sealed class Parts
    {
        public Parts(GitSourceConfiguration configuration, string path, string folder)
        {
            if (path.Length > 0)
                TreePath.Check(path);

            Url = GitUrl.Parse(configuration.Url);
            Environment = new(configuration, Url, folder);
            Git = new(Environment, folder);
            Repository = new(Git, Url, path, configuration.MaxFileSize);
            Tree = new(Git, new SourceLimits(configuration.MaxFileSize));
            Signature = configuration.Verify is GitVerification.Signed signed ? new(Git, signed) : null;
        }

        public GitUrl Url { get; }

        public GitEnvironment Environment { get; }

        public GitProgram Git { get; }

        public GitRepository Repository { get; }

        public GitTree Tree { get; }

        public GitSignature? Signature { get; }
    }
}
