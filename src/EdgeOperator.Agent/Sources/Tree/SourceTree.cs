using System.Collections.Immutable;

namespace EdgeOperator.Agent.Sources.Tree;

/// <summary>
/// The files and symlinks of a source, and what is where once the symlinks are followed, which may not lead out of the
/// source. Pure: a link is text, and nothing on a disk is touched.
/// </summary>
/// <typeparam name="T">How a file's content is found.</typeparam>
internal sealed class SourceTree<T>(SourceLimits limits)
{
    private const int MaxHops = 16;

    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal) { [""] = new Folder() };
    private readonly SortedDictionary<string, T> _found = new(StringComparer.Ordinal);
    private int _added;
    private int _visited;

    private abstract record Node;

    private sealed record Folder : Node
    {
        public List<string> Names { get; } = [];
    }

    private sealed record File(T Content) : Node;

    private sealed record Link(string Target) : Node;

    /// <exception cref="FetchException">The path is not acceptable or taken.</exception>
    public void AddFile(string path, T content) => Add(path, new File(content));

    /// <exception cref="FetchException">The path is not acceptable or taken.</exception>
    public void AddLink(string path, string target) => Add(path, new Link(target));

    /// <summary>Every file under every path that leads to it, ordered by path.</summary>
    /// <exception cref="FetchException">A symlink leaves the source, leads nowhere or in circles; or there are too many files.</exception>
    public ImmutableArray<(string Path, T Content)> Resolve()
    {
        _found.Clear();
        _visited = 0;
        Collect("", "", hops: 0);
        return [.. _found.Select(f => (f.Key, f.Value))];
    }

    private void Add(string path, Node node)
    {
        TreePath.Check(path);
        var slash = path.LastIndexOf('/');
        var folder = FolderAt(slash < 0 ? "" : path[..slash]);
        if (!_nodes.TryAdd(path, node))
            throw Refused($"the path {path} appears twice");

        folder.Names.Add(path[(slash + 1)..]);
        if (node is not Folder)
            limits.CheckCount(++_added);
    }

    private Folder FolderAt(string path)
    {
        if (!_nodes.TryGetValue(path, out var node))
            Add(path, node = new Folder());

        return node as Folder ?? throw Refused($"the path {path} is both a file and a folder");
    }

    // Under a link the same files are seen again, below the link's own path.
    private void Collect(string seenAs, string path, int hops)
    {
        // Folders of links to folders of links grow without a single file.
        if (seenAs.Length > TreePath.MaxLength || hops > MaxHops || ++_visited > 4 * limits.MaxFiles)
            throw Refused($"the symlinks at {TreePath.Printable(seenAs)} lead in circles, or to each other too often");

        switch (_nodes[path])
        {
            case File file:
                _found[seenAs] = file.Content;
                limits.CheckCount(_found.Count);
                break;
            case Link:
                Collect(seenAs, Follow(path), hops + 1);
                break;
            case Folder folder:
                foreach (var name in folder.Names)
                    Collect(TreePath.Join(seenAs, name), TreePath.Join(path, name), hops);
                break;
        }
    }

    // As a kernel walks a path, with the source's folder as a wall rather than a root.
    private string Follow(string link)
    {
        var ahead = new Stack<string>(link.Split('/').Reverse());
        var at = "";
        for (var hops = 0; ahead.TryPop(out var name);)
        {
            if (name is "" or ".")
                continue;

            if (name == "..")
            {
                at = at.Length == 0 ? throw Refused($"the symlink {link} leaves the source's folder") : Parent(at);
                continue;
            }

            var next = TreePath.Join(at, name);
            switch (_nodes.GetValueOrDefault(next))
            {
                case null:
                    throw Refused($"the symlink {link} leads to {TreePath.Printable(next)}, which is not there");
                case Link { Target: var target } when target.StartsWith('/'):
                    throw Refused($"the symlink {link} leaves the source's folder: {TreePath.Printable(target)} is absolute");
                case Link when ++hops > MaxHops:
                    throw Refused($"the symlink {link} leads in circles");
                case Link { Target: var target }:
                    foreach (var part in target.Split('/').Reverse())
                        ahead.Push(part);
                    break;
                default:
                    at = next;
                    break;
            }
        }

        return at;
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private static FetchException Refused(string message) => new(FetchReasons.Refused, message);
}
