using System.Collections.Immutable;

namespace EdgeOperator.Git.Tree;

/// <summary>
/// The files and symlinks of a source, and what is where once the symlinks are followed, which may not lead out of the
/// source. Pure: a link is text, and nothing on a disk is touched.
/// </summary>
/// <typeparam name="T">How a file's content is found.</typeparam>
internal sealed class SourceTree<T>(SourceLimits limits)
    where T : class
{
    private const int MaxHops = 16;

    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal) { [""] = new Folder() };
    private readonly SortedDictionary<string, SourceEntry<T>> _found = new(StringComparer.Ordinal);

    /// <summary>The folders that are being collected, one in the other: a link to one of them is a circle.</summary>
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    private int _added;
    private int _visited;

    private abstract record Node;

    private sealed record Folder : Node
    {
        public List<string> Names { get; } = [];
    }

    private sealed record File(T Content) : Node;

    private sealed record Link(string Target) : Node;

    private sealed record Unprintable : Node;

    /// <summary>Whether a symlink led out of the tree when it was last resolved: a larger tree may have what it leads to.</summary>
    public bool LeadsOut { get; private set; }

    /// <exception cref="FetchException">The path is taken, or no repository should have it.</exception>
    public void AddFile(string path, T content) => Add(path, new File(content));

    /// <exception cref="FetchException">The path is taken, or no repository should have it.</exception>
    public void AddLink(string path, string target) => Add(path, new Link(target));

    /// <summary>Every file under every path that leads to it, ordered by path; what can't be used is there with the reason.</summary>
    /// <param name="root">The folder to begin at; the paths count from there.</param>
    /// <exception cref="FetchException">There are too many files, or symlinks that multiply each other.</exception>
    public ImmutableArray<SourceEntry<T>> Resolve(string root = "")
    {
        _found.Clear();
        _open.Clear();
        (_visited, LeadsOut) = (0, false);
        Collect("", root);
        return [.. _found.Values];
    }

    private void Add(string path, Node node)
    {
        if (TreePath.Unprintable(path) is { } unprintable)
        {
            // Of a folder all files come here, and different names may look the same.
            if (_nodes.TryAdd(unprintable, new Unprintable()))
                FolderAt(TreePath.Parent(unprintable)).Names.Add(TreePath.Name(unprintable));
            return;
        }

        TreePath.Check(path);
        var folder = FolderAt(TreePath.Parent(path));
        if (!_nodes.TryAdd(path, node))
            throw Refused($"the path {path} appears twice");

        folder.Names.Add(TreePath.Name(path));
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
    private void Collect(string seenAs, string path)
    {
        // Folders of links to folders of links grow without a single file.
        if (seenAs.Length > TreePath.MaxLength || ++_visited > 4 * limits.MaxFiles)
            throw Refused($"the symlinks at {TreePath.Printable(seenAs)} lead to each other too often");

        switch (_nodes[path])
        {
            case File file:
                Found(new(seenAs, path, file.Content, Refused: null));
                break;
            case Unprintable:
                Found(new(seenAs, path, Content: null, "has a name with control characters or bytes that are not UTF-8"));
                break;
            case Link:
                var (target, problem) = Follow(path);
                if (target is null)
                    Found(new(seenAs, path, Content: null, problem));
                else
                    Collect(seenAs, target);
                break;
            case Folder when !_open.Add(path):
                Found(new(seenAs, path, Content: null, "is a symlink that leads in circles"));
                break;
            case Folder folder:
                foreach (var name in folder.Names)
                    Collect(TreePath.Join(seenAs, name), TreePath.Join(path, name));
                _open.Remove(path);
                break;
        }
    }

    private void Found(SourceEntry<T> entry)
    {
        _found[entry.Path] = entry;
        limits.CheckCount(_found.Count);
    }

    // As a kernel walks a path, with the tree as a wall rather than a root.
    private (string? Target, string? Problem) Follow(string link)
    {
        var ahead = new Stack<string>(link.Split('/').Reverse());
        var at = "";
        for (var hops = 0; ahead.TryPop(out var name);)
        {
            if (name is "" or ".")
                continue;

            if (name == "..")
            {
                if (at.Length == 0)
                {
                    LeadsOut = true;
                    return (null, "is a symlink that leaves the source");
                }

                at = TreePath.Parent(at);
                continue;
            }

            var next = TreePath.Join(at, name);
            switch (_nodes.GetValueOrDefault(next))
            {
                case null:
                    return (null, $"is a symlink to {TreePath.Printable(next)}, which is not there");
                case Link { Target: var target } when target.StartsWith('/'):
                    return (null, $"is a symlink that leaves the source: {TreePath.Printable(target)} is absolute");
                case Link when ++hops > MaxHops:
                    return (null, "is a symlink that leads in circles");
                case Link { Target: var target }:
                    foreach (var part in target.Split('/').Reverse())
                        ahead.Push(part);
                    break;
                default:
                    at = next;
                    break;
            }
        }

        return (at, null);
    }

    private static FetchException Refused(string message) => new(FetchReasons.Refused, message);
}
