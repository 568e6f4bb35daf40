using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Agent.Sources.Git.Protocol;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>
/// The bare repository of a source. It is only a cache: whatever is wrong with it, it is deleted.
/// There is never a checkout, so nothing that a repository can hold is ever run or followed.
/// </summary>
/// <param name="http">Brings a few new objects without a process; null for addresses that only git can reach.</param>
/// <param name="path">The folder in the repository that is read; when there is one, only its files are fetched.</param>
/// <param name="maxSize">Bytes that the mirror may take; half of them between fetches, so that the next has room.</param>
/// <param name="maxFileSize">Larger files are not fetched where the server can leave them out.</param>
internal sealed class GitRepository(GitProgram git, GitUrl url, UploadPackClient? http, string path, long maxSize, long maxFileSize)
{
    private const string Fetched = GitProgram.Fetched;

    private const string History = "refs/edgeoperator/history";

    private const int MaxPacks = 20;

    private static readonly TimeSpan TidyTimeout = TimeSpan.FromSeconds(20);

    private static readonly string[] Fetch =
        ["fetch", "--quiet", "--force", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];

    // A link to a folder may lead out of the mirror.
    private static readonly EnumerationOptions WithoutLinks = new() { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint };

    private bool _isPartial = true;

    /// <summary>Whether fetches leave files out; false once the server has shown that it does not hand them out later.</summary>
    public bool IsPartial => _isPartial;

    private string Filter => path.Length > 0 ? "blob:none" : $"blob:limit={maxFileSize + 1}";

    /// <summary>Throws the repository away; the next fetch starts afresh.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public void Discard()
    {
        // Whatever stands in its place goes too.
        if (!Directory.Exists(git.Repository) || new FileInfo(git.Repository).LinkTarget is not null)
        {
            File.Delete(git.Repository);
            return;
        }

        if (!OperatingSystem.IsWindows())
            MakeDeletable(new DirectoryInfo(git.Repository));
        else
            MakeFilesWritable(new DirectoryInfo(git.Repository));

        Directory.Delete(git.Repository, recursive: true);
    }

    /// <summary>Git makes its packs read-only, and Windows deletes no such file.</summary>
    private static void MakeFilesWritable(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
            file.IsReadOnly = false;
    }

    /// <summary>What is there now, to go back to when what a fetch brings is refused.</summary>
    public MirrorState State() => MirrorState.Of(git.Repository);

    /// <summary>Takes back what was fetched since, and what a fetch that was ended left unfinished.</summary>
    public void Restore(MirrorState state)
    {
        RemoveLeftovers();
        state.Restore();
    }

    /// <summary>Brings a ref's commit and its folders over, with little history or none.</summary>
    /// <param name="depth">Commits of history, from 1.</param>
    /// <returns>The commit's id, which is another than the server named before when the ref has moved meanwhile.</returns>
    /// <exception cref="FetchException">It failed.</exception>
    public async Task<string> FetchAsync(RemoteRef target, int depth, CancellationToken cancellation)
    {
        if ((LooseRef() ?? await ResolveAsync(Fetched, cancellation)) != target.ObjectId)
        {
            if (target.Name is not null)
                await FetchRefAsync(target, depth, cancellation);
            else
                await FetchCommitAsync(target.Commit, cancellation);
        }

        // A branch holds nothing but commits; whatever a tag is called by may be something else.
        if (target.Tag is null && LooseRef() is { } fetched)
            return fetched;
        return await ResolveAsync(Fetched + "^{commit}", cancellation)
            ?? throw new FetchException(FetchReasons.Refused, $"{target.Display} is not a commit");
    }

    // By its id, which spares the server a second listing; by its name where the server hands out only what a ref points to, and it has moved.
    private async Task FetchRefAsync(RemoteRef target, int depth, CancellationToken cancellation)
    {
        if (LooseRef() is { } have && await TryFetchOverHttpAsync(target.ObjectId, have, depth, cancellation))
            return;

        try
        {
            await FetchAsync([target.ObjectId], [$"--depth={depth}"], cancellation);
        }
        catch (FetchException e) when (e is not MirrorBudgetException && e.Reason is (FetchReasons.Refused or FetchReasons.NotFound))
        {
            await FetchAsync([target.Name!], [$"--depth={depth}"], cancellation);
        }
    }

    /// <summary>As git would do it, where little has changed: one request, and one process that checks what came.</summary>
    /// <returns>False for what is left to git.</returns>
    private async Task<bool> TryFetchOverHttpAsync(string want, string have, int depth, CancellationToken cancellation)
    {
        if (http is null)
            return false;

        try
        {
            var shallow = Path.Combine(git.Repository, "shallow");
            var before = File.Exists(shallow) ? File.ReadAllLines(shallow) : [];
            var answer = await http.FetchAsync(new(want, have, before, depth, _isPartial ? Filter : null), cancellation);
            await git.AddPackAsync(answer.Pack, _isPartial, cancellation);

            // In this order: a ref never leads to a commit whose missing history is not known to be missing.
            WriteLocked(shallow, before.Except(answer.Unshallow).Union(answer.Shallow));
            WriteLocked(Path.Combine(git.Repository, Fetched), [want]);
            return true;
        }
        catch (Exception e) when (e is GitProtocolException || (e is FetchException and not MirrorBudgetException))
        {
            return false;
        }
    }

    // As git writes it, so that what is left of it is removed with what git has left.
    private static void WriteLocked(string file, IEnumerable<string> lines)
    {
        File.WriteAllText(file + ".lock", string.Concat(lines.Select(line => line + '\n')));
        File.Move(file + ".lock", file, overwrite: true);
    }

    /// <summary>Whether a commit is here.</summary>
    public Task<bool> HasAsync(string commit, CancellationToken cancellation) => git.SucceedsAsync(["cat-file", "-e", commit + "^{commit}"], cancellation);

    /// <summary>When commits were made, in seconds as they say themselves; brings over what is not here.</summary>
    /// <exception cref="FetchException">A fetch failed, or the mirror is damaged.</exception>
    /// <exception cref="IOException">The mirror can't be written.</exception>
    public async Task<Dictionary<string, long>> CommitTimesAsync(IReadOnlyList<RemoteRef> tags, CancellationToken cancellation)
    {
        try
        {
            await PrepareAsync(tags[0].ObjectId.Length, cancellation);
            return await ReadCommitTimesAsync(tags, cancellation);
        }
        catch (FetchException e) when (e.Reason == FetchReasons.Corrupt)
        {
            Discard();
            await PrepareAsync(tags[0].ObjectId.Length, cancellation);
            return await ReadCommitTimesAsync(tags, cancellation);
        }
    }

    private async Task<Dictionary<string, long>> ReadCommitTimesAsync(IReadOnlyList<RemoteRef> tags, CancellationToken cancellation)
    {
        // Just as one of them would be fetched: git takes what it has of a commit for all of it.
        var known = await git.RunAsync(["cat-file", "--batch-check=%(objecttype)"], string.Concat(tags.Select(tag => tag.Commit + '\n')), cancellation);
        if (known.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => line != "commit"))
        {
            string[] filter = _isPartial ? [$"--filter={Filter}"] : [];
            await git.FetchAsync([.. Fetch, "--depth=1", .. filter, "origin", .. tags.Index().Select(tag => $"+{tag.Item.Name}:refs/edgeoperator/ties/{tag.Index}")], "", cancellation);
        }

        var printed = await git.RunAsync(["log", "--no-walk=unsorted", "--format=%H %ct", .. tags.Select(tag => tag.Commit)], "", cancellation);
        return printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(part => part[0], part => long.Parse(part[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a commit has another among its ancestors; brings over as much of its history as it takes to know.</summary>
    /// <exception cref="FetchException">A fetch failed, or the ref has moved meanwhile.</exception>
    public async Task<bool> IsDescendantAsync(RemoteRef target, string commit, string ancestor, CancellationToken cancellation)
    {
        // Commits without their folders and files, where the server can leave those out.
        string[] filter = _isPartial ? ["--filter=tree:0"] : [];
        foreach (var depth in (string?[])[null, "--depth=100", "--depth=5000", "--unshallow"])
        {
            if (depth is not null)
            {
                await git.FetchAsync([.. Fetch, depth, .. filter, "origin", $"+{target.Name ?? commit}:{History}"], "", cancellation);
                if (await ResolveAsync(History + "^{commit}", cancellation) != commit)
                    throw new FetchException(FetchReasons.Changing, $"{target.Display} has moved while it was fetched");
            }

            if (await git.SucceedsAsync(["merge-base", "--is-ancestor", ancestor, commit], cancellation))
                return true;
            if (!File.Exists(Path.Combine(git.Repository, "shallow")))
                break;
        }

        return false;
    }

    /// <summary>Brings over what a partial fetch has left out below a tree.</summary>
    /// <param name="only">The objects that are needed; null for all.</param>
    /// <exception cref="FetchException">It failed.</exception>
    public async Task CompleteAsync(string tree, IReadOnlySet<string>? only, CancellationToken cancellation)
    {
        if (!_isPartial || only is { Count: 0 })
            return;

        var listed = await git.RunAsync(["rev-list", "--objects", "--missing=print", tree], "", cancellation);
        var missing = listed.Split('\n').Where(l => l.StartsWith('?')).Select(l => l[1..]).Where(id => only is null || only.Contains(id)).ToArray();
        if (missing.Length == 0)
            return;

        if (path.Length == 0)
            throw new FetchException(FetchReasons.Refused, $"{missing.Length} files are larger than {maxFileSize} bytes (maxFileSize)");

        try
        {
            await git.FetchAsync(
                ["-c", "fetch.negotiationAlgorithm=noop", .. Fetch, "--filter=blob:none", "--stdin", "origin"], string.Join('\n', missing) + '\n', cancellation);
        }
        catch (FetchException e) when (e.Reason is FetchReasons.Refused or FetchReasons.NotFound)
        {
            // A server that leaves out files and then does not hand them out. The next attempt asks for everything.
            _isPartial = false;
            throw new FetchException(FetchReasons.Corrupt, e.Message);
        }
    }

    /// <summary>Keeps the repository small, at no fetch's expense: what can't be tidied soon is thrown away.</summary>
    public async Task MaintainAsync(CancellationToken cancellation)
    {
        if (Directory.GetFiles(Path.Combine(git.Repository, "objects", "pack"), "*.pack").Length <= MaxPacks && git.Size <= maxSize / 2)
            return;

        using var deadline = new CancellationTokenSource(TidyTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await git.RunAsync(["gc", "--quiet", "--prune=now"], "", either.Token);
            if (git.Size > maxSize / 2)
                Discard();
        }
        catch (Exception e) when (e is FetchException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Discard();
        }
    }

    // Some servers hand out only what a branch or tag points to; from there the commit is searched, ever further back.
    private async Task FetchCommitAsync(string commit, CancellationToken cancellation)
    {
        try
        {
            await FetchAsync([commit], ["--depth=1"], cancellation);
            return;
        }
        catch (FetchException e) when (e is not MirrorBudgetException && e.Reason is FetchReasons.Refused)
        {
        }

        string[] all = ["refs/heads/*", "refs/tags/*"];
        foreach (var depth in (string[])["--depth=50", "--depth=1000", "--unshallow"])
        {
            await FetchAsync(all, [depth], cancellation);
            if (await HasAsync(commit, cancellation))
            {
                await git.RunAsync(["update-ref", Fetched, commit], "", cancellation);
                return;
            }

            // All of the history is here.
            if (!File.Exists(Path.Combine(git.Repository, "shallow")))
                break;
        }

        throw new FetchException(FetchReasons.NotFound, $"no branch or tag has the commit {GitText.Short(commit)}");
    }

    private Task FetchAsync(string[] names, string[] options, CancellationToken cancellation)
    {
        string[] filter = _isPartial ? [$"--filter={Filter}"] : [];
        var refs = names.Select(n => n.EndsWith('*') ? $"+{n}:refs/edgeoperator/all/{n}" : $"+{n}:{Fetched}");
        return git.FetchAsync([.. Fetch, .. options, .. filter, "origin", .. refs], "", cancellation);
    }

    // Read as git itself would, without a process; git packs refs only when the repository is tidied.
    private string? LooseRef()
    {
        var file = new FileInfo(Path.Combine(git.Repository, Fetched));
        return file is { Exists: true, LinkTarget: null, Length: 41 or 65 } && File.ReadAllText(file.FullName).TrimEnd('\n') is var id && RemoteRef.IsObjectId(id) ? id : null;
    }

    /// <returns>Null when there is no such ref here.</returns>
    private async Task<string?> ResolveAsync(string name, CancellationToken cancellation)
    {
        var answer = await git.RunAsync(["cat-file", "--batch-check=%(objectname)"], name + '\n', cancellation);
        return answer.TrimEnd('\n') is var id && !id.Contains(' ') ? id : null;
    }

    /// <summary>Makes sure that there is a repository with the right settings.</summary>
    /// <returns>Whether it was made just now, and so has nothing in it.</returns>
    /// <exception cref="FetchException">It can't be made.</exception>
    /// <exception cref="IOException">It can't be made.</exception>
    public async Task<bool> PrepareAsync(int idLength, CancellationToken cancellation)
    {
        var settings = Settings(idLength);
        var file = Path.Combine(git.Repository, "config");

        // What has another length is not opened: it may be a pipe, and opening one waits for its other end.
        if (File.Exists(file) && new FileInfo(file).Length == Encoding.UTF8.GetByteCount(settings) && File.ReadAllText(file) == settings)
        {
            RemoveLeftovers();
            return false;
        }

        Discard();
        PrivateFolder.Create(git.Repository);
        await git.RunAsync(["init", "--quiet", "--bare", "--template=", Format(idLength)], "", cancellation);
        File.WriteAllText(file, settings);
        return true;
    }

    [UnsupportedOSPlatform("windows")]
    private static void MakeDeletable(DirectoryInfo folder)
    {
        folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var inner in folder.EnumerateDirectories().Where(f => f.LinkTarget is null))
            MakeDeletable(inner);
    }

    // Of a fetch that was killed.
    private void RemoveLeftovers()
    {
        foreach (var pattern in (string[])["*.lock", "tmp_*"])
        {
            foreach (var file in Directory.EnumerateFiles(git.Repository, pattern, WithoutLinks))
                File.Delete(file);
        }
    }

    // The whole of the repository's own settings, so that a glance tells whether it still belongs to this source. The
    // filter stands there because git would add it.
    private string Settings(int idLength) =>
        $"""
        [core]
            repositoryformatversion = 1
            bare = true
        [extensions]
            objectFormat = {(idLength == 64 ? "sha256" : "sha1")}
        {(_isPartial ? "    partialClone = origin" : "")}
        [remote "origin"]
            url = "{url.Address.Replace(@"\", @"\\").Replace("\"", "\\\"")}"
        {(_isPartial ? "    promisor = true" : "")}
        {(_isPartial ? $"    partialclonefilter = {Filter}" : "")}

        """;

    private static string Format(int idLength) => idLength == 64 ? "--object-format=sha256" : "--object-format=sha1";
}
