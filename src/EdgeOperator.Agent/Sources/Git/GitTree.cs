using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Sources.Tree;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>Reads a folder of a commit straight from the object store.</summary>
internal sealed class GitTree(GitProgram git, SourceLimits limits)
{
    // As long as a path may be on Linux.
    private static readonly SourceLimits LinkLimits = new(4096);

    /// <summary>The id of the tree at a path of a commit.</summary>
    /// <exception cref="FetchException">There is no folder.</exception>
    public async Task<string> FindAsync(string commit, string path, CancellationToken cancellation)
    {
        if (path.Length == 0)
            return (await git.RunAsync(["rev-parse", "--verify", commit + "^{tree}"], "", cancellation)).Trim();

        // Only trees are looked at: a partial repository has them all.
        var listed = await git.RunAsync(["ls-tree", "-z", "--full-tree", "--", commit, path], "", cancellation);
        return listed.Split(' ', '\t') switch
        {
            [_, "tree", var id, ..] => id,
            [""] => throw new FetchException(FetchReasons.NotFound, $"there is no folder {path} in {GitText.Short(commit)}"),
            _ => throw new FetchException(FetchReasons.NotFound, $"{path} is not a folder in {GitText.Short(commit)}"),
        };
    }

    /// <exception cref="FetchException">The folder holds what is not acceptable, or the repository is damaged.</exception>
    public async Task<ImmutableArray<ManifestFile>> ReadAsync(string tree, CancellationToken cancellation)
    {
        var entries = Parse(await git.RunAsync(["ls-tree", "-r", "-z", tree], "", cancellation));
        var links = entries.Where(e => e.Mode == "120000").ToArray();
        var targets = await ReadAsync([.. links.Select(l => (l.Path, l.Id))], LinkLimits, cancellation);

        var sources = new SourceTree<Entry>(limits);
        foreach (var entry in entries)
        {
            if (targets.TryGetValue(entry.Id, out var target) && entry.Mode == "120000")
                sources.AddLink(entry.Path, Encoding.UTF8.GetString(target));
            else
                sources.AddFile(entry.Path, entry);
        }

        var files = sources.Resolve();
        var contents = await ReadAsync([.. files.Select(f => (f.Path, f.Content.Id))], limits, cancellation);
        return [.. files.Select(f => new ManifestFile(f.Path, contents[f.Content.Id])
        {
            IsExecutable = f.Content.Mode == "100755",
            LinkedFrom = f.Content.Path == f.Path ? null : f.Content.Path,
        })];
    }

    private static List<Entry> Parse(string listed)
    {
        var entries = new List<Entry>();
        foreach (var record in listed.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = record.IndexOf('\t');
            var path = record[(tab + 1)..];
            entries.Add(record[..tab].Split(' ') switch
            {
                ["100644" or "100755" or "100664" or "120000", "blob", var id] p => new Entry(p[0], id, path),
                ["160000", ..] => throw Refused($"{TreePath.Printable(path)} is a submodule; submodules are not fetched: put the files themselves there"),
                _ => throw Refused($"{TreePath.Printable(path)} is neither a file nor a symlink"),
            });
        }

        return entries;
    }

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
