using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Signatures;
using EdgeOperator.Platform.Files;
using LibGit2Sharp;

namespace EdgeOperator.Hub.Repositories;

/// <summary>
/// The bare mirror of a repository, with all branches and tags. It is only a cache: whatever is wrong with it, it is fetched anew. libgit2
/// fetches it over HTTP and from this machine, and git where libgit2 would have to run ssh by itself.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
internal sealed class RepositoryMirror
{
    /// <summary>libgit2 leaves a pack behind for each fetch, and can't put them together.</summary>
    private const int MaxPacks = 200;

    /// <summary>As git shows ids.</summary>
    private const int ShortestId = 7;
    private const int LongestId = 40;

    private const string Remote = "origin";

    private static readonly string[] Refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

    /// <summary>For what is left of a fetch whose time is over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly GitSourceConfiguration _configuration;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly GitUrl _url;
    private readonly GitEnvironment _environment;
    private readonly GitProgram _git;
    private readonly LargeFiles _largeFiles;
    private readonly SemaphoreSlim _using = new(1);
    private Task _fetching = Task.CompletedTask;

    /// <param name="folder">Of this repository alone.</param>
    /// <exception cref="FetchException">The address is not acceptable.</exception>
    public RepositoryMirror(GitSourceConfiguration configuration, string folder, TimeProvider time)
    {
        NativeGit.Prepare();
        (_configuration, _folder, _time) = (configuration, folder, time);
        _url = GitUrl.Parse(configuration.Url);
        _environment = new(configuration, _url, folder);
        _git = new(_environment, folder, configuration.MaxRepositorySize, time);
        _largeFiles = new(configuration, _url, _environment, _git, folder, time);
    }

    /// <summary>Brings over what is new, and forgets branches and tags that are gone.</summary>
    /// <exception cref="FetchException">It failed; the mirror is as it was.</exception>
    public Task FetchAsync(CancellationToken cancellation) => AloneAsync(() => FetchAloneAsync(cancellation), cancellation);

    /// <summary>Throws the mirror away, which is damaged, and fetches all of it.</summary>
    /// <inheritdoc cref="FetchAsync"/>
    public Task FetchAnewAsync(CancellationToken cancellation) => AloneAsync(
        () =>
        {
            Discard();
            return FetchAloneAsync(cancellation);
        },
        cancellation);

    private async Task AloneAsync(Func<Task> fetch, CancellationToken cancellation)
    {
        await _using.WaitAsync(cancellation);
        try
        {
            await fetch();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchReasons.Unreadable, e.Message);
        }
        finally
        {
            _using.Release();
        }
    }

    private async Task FetchAloneAsync(CancellationToken cancellation)
    {
        // A server that does not answer keeps a thread, and must not get another one.
        if (!_fetching.IsCompleted)
            throw new FetchException(FetchReasons.TimedOut, "the fetch before has not come to an end yet");
        PrivateFolder.Create(_folder);
        _environment.Prepare();
        var isFresh = Prepare();
        try
        {
            await TryFetchAsync(cancellation);
        }
        catch (FetchException e) when (!isFresh && e.Reason == FetchReasons.Corrupt)
        {
            Discard();
            Prepare();
            await TryFetchAsync(cancellation);
        }

        if (_git.Size <= _configuration.MaxRepositorySize)
            return;
        Discard();
        throw new FetchException(FetchReasons.Refused, $"the mirror of the repository needs more than {_configuration.MaxRepositorySize} bytes (maxRepositorySize)");
    }

    /// <summary>What a branch, a tag, a range of tags or a commit stands for, as it was fetched last.</summary>
    /// <exception cref="FetchException">It is not there.</exception>
    public RemoteRef Find(GitRef wanted) => Reading(repository =>
    {
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var reference in repository.Refs.Where(r => r.CanonicalName.StartsWith("refs/heads/", StringComparison.Ordinal) || r.CanonicalName.StartsWith("refs/tags/", StringComparison.Ordinal)))
        {
            if (reference.ResolveToDirectReference() is not { } direct)
                continue;
            refs[reference.CanonicalName] = direct.TargetIdentifier;
            if (repository.Lookup(direct.TargetIdentifier) is TagAnnotation tag)
                refs[reference.CanonicalName + RemoteRef.Peeled] = Peeled(tag).Sha;
        }

        var found = RemoteRef.Find(wanted, refs);
        if (found.Ties.Count > 0)
            found = ((RemoteRef[])[found, .. found.Ties]).MaxBy(tag => repository.Lookup<Commit>(tag.Commit)?.Committer.When ?? DateTimeOffset.MinValue)! with { Ties = [] };
        return repository.Lookup<Commit>(found.Commit) is { } there && there.Sha == found.Commit
            ? found
            : throw new FetchException(FetchReasons.NotFound, $"{found.Display} is not a commit that a branch or tag of the repository has");
    });

    private static GitObject Peeled(TagAnnotation tag)
    {
        GitObject target = tag.Target;
        while (target is TagAnnotation next)
            target = next.Target;
        return target;
    }

    /// <summary>A commit by its id, or the beginning of it.</summary>
    /// <returns>In full; null when it is not here.</returns>
    public string? FindCommit(string id) => MayBeCommit(id) && Directory.Exists(_git.Repository) ? Reading(repository => FullId(repository, id)) : null;

    /// <summary>Whether a text may be a commit's id, or the beginning of one.</summary>
    public static bool MayBeCommit(string id) => id.Length is >= ShortestId and <= LongestId && id.All(char.IsAsciiHexDigit);

    private static string? FullId(LibGit2Sharp.Repository repository, string id)
    {
        try
        {
            return repository.Lookup<Commit>(id)?.Sha;
        }
        catch (AmbiguousSpecificationException)
        {
            return null;
        }
    }

    /// <exception cref="FetchException">It is not there.</exception>
    public CommitFacts Describe(string commit) => Reading(repository =>
    {
        var found = repository.Lookup<Commit>(commit) ?? throw new FetchException(FetchReasons.NotFound, $"there is no commit {GitText.Short(commit)}");
        return new CommitFacts(GitText.Clean(found.MessageShort), GitText.Clean(found.Author.Name), found.Committer.When);
    });

    /// <summary>Whether a commit has another among its ancestors.</summary>
    public bool IsDescendant(string commit, string ancestor) => Reading(repository =>
        repository.Lookup<Commit>(commit) is { } later && repository.Lookup<Commit>(ancestor) is { } earlier && repository.ObjectDatabase.FindMergeBase(later, earlier)?.Sha == earlier.Sha);

    /// <summary>Checks that an allowed key has signed a commit or its tag.</summary>
    /// <param name="seenAt">When it was seen for the first time.</param>
    /// <exception cref="FetchException">None has.</exception>
    public async Task CheckSignatureAsync(GitVerification.Signed keys, RemoteRef target, DateTimeOffset seenAt, CancellationToken cancellation)
    {
        Reading(repository => repository.Refs.Add(GitProgram.Fetched, target.ObjectId, allowOverwrite: true));
        await new GitSignature(_git, keys, _url, Path.GetDirectoryName(_folder)!).CheckAsync(target, target.Commit, seenAt, cancellation);
    }

    /// <summary>The files below a folder of a commit; symlinks may lead out of the folder, and not out of the repository.</summary>
    /// <exception cref="FetchException">There is no such folder, it holds what is not acceptable, or its large files can't be had for now.</exception>
    public async Task<ImmutableArray<ManifestFile>> ReadAsync(string commit, string path, CancellationToken cancellation)
    {
        var files = Reading(repository => new CommitFolder(repository, commit, new(_configuration.MaxFileSize)).Read(path));
        return files.With(files.Pointers.Length == 0 ? null : await _largeFiles.ReadAsync(commit, files, cancellation));
    }

    /// <summary>The YAML and JSON files below a folder of a commit.</summary>
    /// <exception cref="FetchException">There is no such folder, or it holds what is not acceptable.</exception>
    public ImmutableArray<ManifestFile> ReadManifests(string commit, string path) => Reading(repository => new CommitFolder(repository, commit, new(_configuration.MaxFileSize)).ReadManifests(path));

    private T Reading<T>(Func<LibGit2Sharp.Repository, T> read)
    {
        try
        {
            using var repository = new LibGit2Sharp.Repository(_git.Repository);
            return read(repository);
        }
        catch (Exception e) when (e is LibGit2SharpException or IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchReasons.Corrupt, $"the mirror of the repository can't be read: {GitText.Clean(e.Message)}");
        }
    }

    private async Task TryFetchAsync(CancellationToken cancellation)
    {
        if (_url.Transport == GitTransport.Ssh)
        {
            using var limit = new CancellationTokenSource(_configuration.Timeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                await _git.FetchAsync(["fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--", _url.Address, .. Refs], "", either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new FetchException(FetchReasons.TimedOut, $"it was not fetched within {_configuration.Timeout}");
            }

            return;
        }

        // libgit2 waits without end to the caller, and cancels where it gets something.
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var limits = new FetchLimits(_configuration, _url, _environment, _time, abandoned.Token);
        var fetching = Task.Factory.StartNew(() => Fetch(limits), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _fetching = fetching.ContinueWith(done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (await Task.WhenAny(fetching, Task.Delay(_configuration.Timeout + Grace, _time, waiting.Token)) != fetching)
        {
            await abandoned.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
            throw new FetchException(FetchReasons.TimedOut, $"the server did not answer within {_configuration.Timeout}");
        }

        await waiting.CancelAsync();
        await fetching;
    }

    private void Fetch(FetchLimits limits)
    {
        try
        {
            using var repository = new LibGit2Sharp.Repository(_git.Repository);
            Commands.Fetch(repository, Remote, Refs, limits.Options, "");
        }
        catch (FetchException)
        {
            throw;
        }
        catch (LibGit2SharpException e)
        {
            throw limits.Refusal ?? new FetchException(ReasonOf(e), GitText.Clean(e.Message));
        }
    }

    private static string ReasonOf(LibGit2SharpException error) => error switch
    {
        NotFoundException => FetchReasons.NotFound,
        UserCancelledException => FetchReasons.TimedOut,
        RepositoryNotFoundException => FetchReasons.NotFound,
        _ when error.Message.Contains("404", StringComparison.Ordinal) || error.Message.Contains("could not find repository", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("failed to resolve path", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase) => FetchReasons.NotFound,
        _ when error.Message.Contains("authentication", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("401", StringComparison.Ordinal) || error.Message.Contains("403", StringComparison.Ordinal) => FetchReasons.AuthenticationFailed,
        _ when error.Message.Contains("object", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("pack", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("odb", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("reference", StringComparison.OrdinalIgnoreCase) => FetchReasons.Corrupt,
        _ => FetchReasons.Unreachable,
    };

    /// <returns>Whether it was made just now.</returns>
    private bool Prepare()
    {
        if (IsUsable())
            return false;
        Discard();
        PrivateFolder.Create(_git.Repository);
        using var repository = new LibGit2Sharp.Repository(LibGit2Sharp.Repository.Init(_git.Repository, isBare: true));
        repository.Network.Remotes.Add(Remote, _url.Address);

        // A login would go along to wherever the server redirects.
        if (_environment.HasLogin)
            repository.Config.Set("http.followRedirects", "false");
        return true;
    }

    private bool IsUsable()
    {
        try
        {
            if (!Directory.Exists(_git.Repository))
                return false;
            using var repository = new LibGit2Sharp.Repository(_git.Repository);
            return repository.Info.IsBare && repository.Network.Remotes[Remote]?.Url == _url.Address
                && (repository.Config.Get<string>("http.followRedirects")?.Value == "false") == _environment.HasLogin
                && Directory.GetFiles(Path.Combine(_git.Repository, "objects", "pack"), "*.pack").Length <= MaxPacks;
        }
        catch (Exception e) when (e is LibGit2SharpException or IOException)
        {
            return false;
        }
    }

    private void Discard()
    {
        if (!Directory.Exists(_git.Repository))
            return;

        // libgit2 writes objects that nobody may change, which does not keep their folder from being removed.
        Directory.Delete(_git.Repository, recursive: true);
    }
}

/// <param name="Subject">The first line of its message.</param>
/// <param name="At">When it was made, as it says itself.</param>
internal sealed record CommitFacts(string Subject, string Author, DateTimeOffset At);
