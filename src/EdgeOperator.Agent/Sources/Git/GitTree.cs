using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Lfs;
using EdgeOperator.Git.Tree;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>Reads a folder of a commit straight from the object store.</summary>
internal sealed class GitTree(GitProgram git, SourceLimits limits)
{
    // As long as a path may be on Linux.
    private static readonly SourceLimits LinkLimits = new(4096);

    private const string Symlink = "120000";
    private const string Folder = "40000";

    /// <summary>Listed where a symlink leads out of the source's folder.</summary>
    private const int MaxFilesOfRepository = 500_000;

    /// <summary>In bytes, all folders of a listing together; the same one counts as often as it appears.</summary>
    private const long MaxListing = 32 * 1024 * 1024;

    /// <summary>The files below a folder of a commit. Symlinks may lead out of the folder, and not out of the repository.</summary>
    /// <param name="path">Where the folder is in the commit; empty for the root.</param>
    /// <param name="repository">Brings over what a partial fetch has left out.</param>
    /// <param name="lfs">Brings over what pointers of Git LFS stand for.</param>
    /// <exception cref="FetchException">There is no such folder, it holds what is not acceptable, or the repository is damaged.</exception>
    public async Task<GitFiles> ReadAsync(string commit, string path, GitRepository repository, LfsFiles lfs, CancellationToken cancellation)
    {
        GitFiles? files = null;
        await git.ReadObjectsAsync(async (objects, c) => files = await ReadAsync(objects, commit, path, repository, lfs, c), cancellation);
        return files!;
    }

    private async Task<GitFiles> ReadAsync(
        GitObjects objects, string commit, string path, GitRepository repository, LfsFiles lfs, CancellationToken cancellation)
    {
        var tree = await FindAsync(objects, commit, path, cancellation);
        if (path.Length > 0)
            await repository.CompleteAsync(tree, only: null, cancellation);

        var folder = await ListAsync(objects, tree, limits, cancellation);
        var entries = folder.Resolve();
        var isWhole = path.Length > 0 && folder.LeadsOut;
        if (isWhole)
        {
            var root = commit + "^{tree}";
            entries = (await ListAsync(objects, root, limits with { MaxFiles = MaxFilesOfRepository }, cancellation, repository)).Resolve(path);
            limits.CheckCount(entries.Length);
            await repository.CompleteAsync(root, entries.Select(e => e.Content?.Id).OfType<string>().ToHashSet(), cancellation);
        }

        var contents = await ReadFilesAsync(objects, [.. entries.Where(e => e.Content is not null).Select(e => (e.Path, e.Content!.Id))], limits, cancellation);
        var pointers = entries.Where(e => e.Content is not null).Select(e => LfsPointer.Parse(contents[e.Content!.Id])).OfType<LfsPointer>().Distinct().ToArray();
        lfs.KeepOnly(pointers);
        var large = await lfs.ReadAsync(commit, pointers, limits.MaxTotalSize - contents.Values.Sum(c => (long)c.Length), cancellation);
        return new(
            [.. entries.Select(e => e.ToFile(entry => contents[entry.Id], entry => entry.Mode == "100755", isInside: !isWhole, large))],
            [.. pointers.Where(p => large[p].MayAppear).Select(p => p.Sha256)]);
    }

    /// <summary>The tree at a path of a commit, as git takes it: its id, or an expression.</summary>
    /// <exception cref="FetchException">There is no folder.</exception>
    private static async Task<string> FindAsync(GitObjects objects, string commit, string path, CancellationToken cancellation)
    {
        // Only trees are looked at: a partial repository has them all.
        var tree = commit + "^{tree}";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var (entries, _) = (await ReadTreesAsync(objects, [("", tree)], MaxListing, cancellation))[0];
            tree = entries.FirstOrDefault(e => e.Path == name) switch
            {
                { Mode: Folder, Id: var id } => id,
                null => throw new FetchException(FetchReasons.NotFound, $"there is no folder {path} in {GitText.Short(commit)}"),
                _ => throw new FetchException(FetchReasons.NotFound, $"{path} is not a folder in {GitText.Short(commit)}"),
            };
        }

        return tree;
    }

    /// <param name="whole">Brings the symlinks over, where the tree is the whole repository; null when all of the tree is here.</param>
    private static async Task<SourceTree<Entry>> ListAsync(
        GitObjects objects, string tree, SourceLimits within, CancellationToken cancellation, GitRepository? whole = null)
    {
        var entries = await ListAsync(objects, tree, cancellation);
        var links = entries.Where(e => e.Mode == Symlink).ToArray();
        if (whole is not null)
            await whole.CompleteAsync(tree, links.Select(l => l.Id).ToHashSet(), cancellation);
        var targets = await ReadFilesAsync(objects, [.. links.Select(l => (l.Path, l.Id))], LinkLimits, cancellation);

        var sources = new SourceTree<Entry>(within);
        foreach (var entry in entries)
        {
            switch (entry.Mode)
            {
                case Symlink:
                    sources.AddLink(entry.Path, Encoding.UTF8.GetString(targets[entry.Id]));
                    break;
                case "100644" or "100755" or "100664":
                    sources.AddFile(entry.Path, entry);
                    break;
                // Of the whole repository only what a symlink of the source's folder leads to matters.
                case "160000" when whole is not null:
                    break;
                case "160000":
                    throw Refused($"{TreePath.Printable(entry.Path)} is a submodule; submodules are not fetched: put the files themselves there");
                default:
                    throw Refused($"{TreePath.Printable(entry.Path)} is neither a file nor a symlink");
            }
        }

        return sources;
    }

    // All that is no folder, level by level: git is asked for all folders of a level at once.
    private static async Task<List<Entry>> ListAsync(GitObjects objects, string tree, CancellationToken cancellation)
    {
        var found = new List<Entry>();
        var room = MaxListing;
        for (var level = new List<(string Path, string Id)> { ("", tree) }; level.Count > 0;)
        {
            var trees = await ReadTreesAsync(objects, level, room, cancellation);
            room -= trees.Sum(t => t.Size);
            var entries = level.Zip(trees).SelectMany(t => t.Second.Entries.Select(e => e with { Path = TreePath.Join(t.First.Path, e.Path) })).ToLookup(e => e.Mode == Folder);
            found.AddRange(entries[false]);
            level = [.. entries[true].Select(e => (e.Path, e.Id))];
            if (level.FirstOrDefault(l => l.Path.Length > TreePath.MaxLength).Path is { } deep)
                throw Refused($"the path {TreePath.Printable(deep)} is too long");
        }

        return found;
    }

    private static async Task<(Entry[] Entries, long Size)[]> ReadTreesAsync(
        GitObjects objects, List<(string Path, string Id)> trees, long room, CancellationToken cancellation)
    {
        var idLengths = new int[trees.Count];
        var contents = await objects.ReadAsync([.. trees.Select(t => t.Id)], (i, header) =>
        {
            if (header is not { Type: "tree" } tree)
                throw new FetchException(FetchReasons.Corrupt, $"the folder {TreePath.Printable(trees[i].Path)} is missing from the repository");
            if ((room -= tree.Size) < 0)
                throw Refused("the repository has too many files");
            idLengths[i] = tree.Id.Length / 2;
        }, cancellation);
        return [.. contents.Select((content, i) => (ParseTree(content, idLengths[i]), (long)content.Length))];
    }

    // A tree is a row of "mode name", a zero byte and the id's bytes.
    private static Entry[] ParseTree(ReadOnlySpan<byte> tree, int idLength)
    {
        var entries = new List<Entry>();
        while (!tree.IsEmpty)
        {
            var (space, end) = (tree.IndexOf((byte)' '), tree.IndexOf((byte)0));
            if (space < 0 || end < space || tree.Length < end + 1 + idLength)
                throw new FetchException(FetchReasons.Corrupt, "a folder of the repository is damaged");

            entries.Add(new(
                Encoding.ASCII.GetString(tree[..space]), Convert.ToHexStringLower(tree.Slice(end + 1, idLength)), Encoding.UTF8.GetString(tree[(space + 1)..end])));
            tree = tree[(end + 1 + idLength)..];
        }

        return [.. entries];
    }

    private static async Task<Dictionary<string, byte[]>> ReadFilesAsync(
        GitObjects objects, ImmutableArray<(string Path, string Id)> files, SourceLimits within, CancellationToken cancellation)
    {
        var wanted = files.DistinctBy(f => f.Id).ToArray();
        var total = 0L;
        var contents = await objects.ReadAsync([.. wanted.Select(f => f.Id)], (i, header) =>
        {
            var (path, id) = wanted[i];
            if (header is not { Type: "blob" } blob)
                throw new FetchException(FetchReasons.Corrupt, $"{path} is missing from the repository");

            within.CheckFile(path, blob.Size);
            within.CheckTotal(total += blob.Size);
        }, cancellation);
        return wanted.Zip(contents).ToDictionary(f => f.First.Id, f => f.Second);
    }

    /// <param name="Mode">As Git writes it.</param>
    private sealed record Entry(string Mode, string Id, string Path);

    private static FetchException Refused(string message) => new(FetchReasons.Refused, message);
}

/// <param name="Missing">Contents of Git LFS that could not be had and may appear without another commit, by their SHA-256.</param>
internal sealed record GitFiles(ImmutableArray<ManifestFile> Files, ImmutableArray<string> Missing);
