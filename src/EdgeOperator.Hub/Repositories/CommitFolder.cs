using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Tree;
using LibGit2Sharp;

namespace EdgeOperator.Hub.Repositories;

/// <summary>Reads folders of a commit straight from the object store. There is never a checkout.</summary>
internal sealed class CommitFolder(LibGit2Sharp.Repository repository, string commit, SourceLimits limits)
{
    /// <summary>As long as a path may be on Linux.</summary>
    private const int LongestLink = 4096;

    /// <summary>Listed where a symlink leads out of the folder.</summary>
    private const int MaxFilesOfRepository = 500_000;

    private int _folders;

    /// <summary>All of a folder.</summary>
    /// <param name="path">Where the folder is; empty for the root.</param>
    /// <exception cref="FetchException">There is no such folder, or it holds what is not acceptable.</exception>
    public CommittedFiles Read(string path) => Read(path, isPart: false, _ => true);

    /// <summary>Those of its files that are YAML or JSON by their names, whatever else is there.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public ImmutableArray<ManifestFile> ReadManifests(string path) =>
        Read(path, isPart: true, file => Path.GetExtension(file).ToLowerInvariant() is ".yaml" or ".yml" or ".json").With(null);

    /// <param name="isPart">What can't be used matters only where it is wanted.</param>
    private CommittedFiles Read(string path, bool isPart, Func<string, bool> isWanted)
    {
        if (path.Length > 0)
            TreePath.Check(path);
        var root = repository.Lookup<Commit>(commit)?.Tree ?? throw new FetchException(FetchReasons.NotFound, $"there is no commit {GitText.Short(commit)}");
        var folder = List(FolderAt(root, path), isPart ? limits with { MaxFiles = MaxFilesOfRepository } : limits, isPart);
        var entries = folder.Resolve();
        var isWhole = path.Length > 0 && folder.LeadsOut;
        if (isWhole)
        {
            entries = List(root, limits with { MaxFiles = MaxFilesOfRepository }, isWhole: true).Resolve(path);
        }

        entries = [.. entries.Where(entry => isWanted(entry.Path))];
        limits.CheckCount(entries.Length);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var entry in entries)
            if (entry.Content is { } file && !contents.ContainsKey(file.Id))
                contents[file.Id] = Content(file, entry.Path, ref total);
        LfsPointer[] pointers = [.. contents.Values.Select(content => LfsPointer.Parse(content)).OfType<LfsPointer>().Distinct()];
        return new(pointers, limits.MaxTotalSize - total, large => [.. entries.Select(entry => entry.ToFile(file => contents[file.Id], file => file.IsExecutable, isInside: !isWhole, large))]);
    }

    private Tree FolderAt(Tree root, string path) => path.Length == 0 ? root : root[path] switch
    {
        { TargetType: TreeEntryTargetType.Tree, Target: Tree tree } => tree,
        null => throw new FetchException(FetchReasons.NotFound, $"there is no folder {path} in {GitText.Short(commit)}"),
        _ => throw new FetchException(FetchReasons.NotFound, $"{path} is not a folder in {GitText.Short(commit)}"),
    };

    private SourceTree<Entry> List(Tree tree, SourceLimits within, bool isWhole)
    {
        var sources = new SourceTree<Entry>(within);
        _folders = 0;
        Add(sources, tree, "", isWhole);
        return sources;
    }

    private void Add(SourceTree<Entry> sources, Tree tree, string folder, bool isWhole)
    {
        // Folders that hold the same folders over and over need no file to become endless.
        if (folder.Length > TreePath.MaxLength || ++_folders > MaxFilesOfRepository)
            throw new FetchException(FetchReasons.Refused, $"there are too many folders at {TreePath.Printable(folder)}");
        foreach (var entry in tree)
        {
            var path = TreePath.Join(folder, entry.Name);
            switch (entry.Mode)
            {
                case Mode.Directory:
                    Add(sources, (Tree)entry.Target, path, isWhole);
                    break;
                case Mode.SymbolicLink:
                    sources.AddLink(path, Link(entry, path));
                    break;
                case Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile or Mode.ExecutableFile:
                    sources.AddFile(path, new(entry.Target.Sha, entry.Mode == Mode.ExecutableFile));
                    break;
                // Of the whole repository only what a symlink of the folder leads to matters.
                case Mode.GitLink when isWhole:
                    break;
                case Mode.GitLink:
                    throw new FetchException(FetchReasons.Refused, $"{TreePath.Printable(path)} is a submodule; submodules are not fetched: put the files themselves there");
                default:
                    throw new FetchException(FetchReasons.Refused, $"{TreePath.Printable(path)} is neither a file nor a symlink");
            }
        }
    }

    private string Link(TreeEntry entry, string path) => Size(entry.Target.Sha, path) <= LongestLink
        ? ((Blob)entry.Target).GetContentText()
        : throw new FetchException(FetchReasons.Refused, $"{TreePath.Printable(path)} is a symlink of more than {LongestLink} bytes");

    private byte[] Content(Entry file, string path, ref long total)
    {
        var size = Size(file.Id, path);
        limits.CheckFile(path, size);
        limits.CheckTotal(total += size);
        var content = new byte[size];
        using var stream = repository.Lookup<Blob>(file.Id).GetContentStream();
        stream.ReadExactly(content);
        return content;
    }

    private long Size(string id, string path) =>
        repository.ObjectDatabase.RetrieveObjectMetadata(new(id)) is { Type: ObjectType.Blob } blob ? blob.Size : throw new FetchException(FetchReasons.Corrupt, $"{path} is missing from the repository");

    private sealed record Entry(string Id, bool IsExecutable);
}

/// <summary>Files as they are committed.</summary>
/// <param name="Pointers">Those of Git LFS among them.</param>
/// <param name="Room">Bytes that the contents of the pointers may have together.</param>
/// <param name="With">The files with what pointers stand for; without it, who refers to one is told that it is one.</param>
internal sealed record CommittedFiles(LfsPointer[] Pointers, long Room, Func<IReadOnlyDictionary<LfsPointer, LfsContent>?, ImmutableArray<ManifestFile>> With);
