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

    /// <summary>Listed where a symlink leads out of the source's folder.</summary>
    private const int MaxFilesOfRepository = 500_000;

    /// <summary>The tree at a path of a commit, as git takes it: its id, or an expression that needs no process to make.</summary>
    /// <exception cref="FetchException">There is no folder.</exception>
    public async Task<string> FindAsync(string commit, string path, CancellationToken cancellation)
    {
        if (path.Length == 0)
            return commit + "^{tree}";

        // Only trees are looked at: a partial repository has them all.
        var listed = await git.RunAsync(["ls-tree", "-z", "--full-tree", "--", commit, path], "", cancellation);
        return listed.Split(' ', '\t') switch
        {
            [_, "tree", var id, ..] => id,
            [""] => throw new FetchException(FetchReasons.NotFound, $"there is no folder {path} in {GitText.Short(commit)}"),
            _ => throw new FetchException(FetchReasons.NotFound, $"{path} is not a folder in {GitText.Short(commit)}"),
        };
    }

    /// <summary>The files below a folder of a commit. Symlinks may lead out of the folder, and not out of the repository.</summary>
    /// <param name="tree">The folder, as <see cref="FindAsync"/> gives it; what is below it has to be here.</param>
    /// <param name="path">Where it is in the commit; empty for the root.</param>
    /// <param name="repository">Brings over what a partial fetch has left out.</param>
    /// <param name="lfs">Brings over what pointers of Git LFS stand for.</param>
    /// <exception cref="FetchException">The folder holds what is not acceptable, or the repository is damaged.</exception>
    public async Task<GitFiles> ReadAsync(
        string commit, string tree, string path, GitRepository repository, LfsFiles lfs, CancellationToken cancellation)
    {
        var folder = await ListAsync(tree, limits, cancellation);
        var entries = folder.Resolve();
        var isWhole = path.Length > 0 && folder.LeadsOut;
        if (isWhole)
        {
            var root = commit + "^{tree}";
            entries = (await ListAsync(root, limits with { MaxFiles = MaxFilesOfRepository }, cancellation, repository)).Resolve(path);
            limits.CheckCount(entries.Length);
            await repository.CompleteAsync(root, entries.Select(e => e.Content?.Id).OfType<string>().ToHashSet(), cancellation);
        }

        var contents = await ReadAsync([.. entries.Where(e => e.Content is not null).Select(e => (e.Path, e.Content!.Id))], limits, cancellation);
        var pointers = entries.Where(e => e.Content is not null).Select(e => LfsPointer.Parse(contents[e.Content!.Id])).OfType<LfsPointer>().Distinct().ToArray();
        lfs.KeepOnly(pointers);
        var large = await lfs.ReadAsync(commit, pointers, limits.MaxTotalSize - contents.Values.Sum(c => (long)c.Length), cancellation);
        return new(
            [.. entries.Select(e => e.ToFile(entry => contents[entry.Id], entry => entry.Mode == "100755", isInside: !isWhole, large))],
            [.. pointers.Where(p => large[p].MayAppear).Select(p => p.Sha256)]);
    }

    /// <param name="whole">Brings the symlinks over, where the tree is the whole repository; null when all of the tree is here.</param>
    private async Task<SourceTree<Entry>> ListAsync(
        string tree, SourceLimits within, CancellationToken cancellation, GitRepository? whole = null)
    {
        var entries = Parse(await git.RunAsync(["ls-tree", "-r", "-z", "--full-tree", tree], "", cancellation));
        var links = entries.Where(e => e.Mode == Symlink).ToArray();
        if (whole is not null)
            await whole.CompleteAsync(tree, links.Select(l => l.Id).ToHashSet(), cancellation);
        var targets = await ReadAsync([.. links.Select(l => (l.Path, l.Id))], LinkLimits, cancellation);

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

    private static Entry[] Parse(string listed) => [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(record =>
    {
        var tab = record.IndexOf('\t');
        return record[..tab].Split(' ') is [var mode, _, var id] ? new Entry(mode, id, record[(tab + 1)..]) : throw new FetchException(FetchReasons.Corrupt, "git lists a folder in an unknown format");
    })];

    private async Task<Dictionary<string, byte[]>> ReadAsync(
        ImmutableArray<(string Path, string Id)> files, SourceLimits within, CancellationToken cancellation)
    {
        var wanted = files.DistinctBy(f => f.Id).ToArray();
        var contents = new Dictionary<string, byte[]>(wanted.Length);
        if (wanted.Length > 0)
        {
            var ids = string.Concat(wanted.Select(f => f.Id + '\n'));
            await git.ReadAsync(["cat-file", "--batch"], ids, (s, c) => ReadAsync(s, wanted, contents, within, c), cancellation);
        }

        return contents;
    }

    // Each answer is "id type size", a line end, so many bytes and another line end.
    private static async Task ReadAsync(
        Stream stream, (string Path, string Id)[] wanted, Dictionary<string, byte[]> contents, SourceLimits within, CancellationToken cancellation)
    {
        var reader = new BufferedStream(stream, 64 * 1024);
        var total = 0L;
        foreach (var (path, id) in wanted)
        {
            var header = await ReadLineAsync(reader, cancellation);
            if (header.Split(' ') is not [_, "blob", var digits] || !long.TryParse(digits, out var size))
                throw new FetchException(FetchReasons.Corrupt, $"{path} is missing from the repository");

            within.CheckFile(path, size);
            within.CheckTotal(total += size);
            var content = new byte[size];
            await reader.ReadExactlyAsync(content, cancellation);
            contents[id] = content;
            await ReadLineAsync(reader, cancellation);
        }
    }

    private static async Task<string> ReadLineAsync(BufferedStream reader, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await reader.ReadAsync(one, cancellation) == 1 && one[0] != '\n' && line.Length < 256)
            line.Append((char)one[0]);

        return line.ToString();
    }

    /// <param name="Mode">As Git writes it.</param>
    private sealed record Entry(string Mode, string Id, string Path);

    private static FetchException Refused(string message) => new(FetchReasons.Refused, message);
}

/// <param name="Missing">Contents of Git LFS that could not be had and may appear without another commit, by their SHA-256.</param>
internal sealed record GitFiles(ImmutableArray<ManifestFile> Files, ImmutableArray<string> Missing);
