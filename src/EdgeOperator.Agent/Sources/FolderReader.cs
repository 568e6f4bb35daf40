using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Lfs;
using EdgeOperator.Git.Tree;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources;

/// <summary>Reads all files of a folder as they were at one moment, or not at all.</summary>
internal sealed class FolderReader(string root, SourceLimits limits)
{
    /// <returns>Null when a file was changed meanwhile.</returns>
    /// <exception cref="FetchException">The folder is not there, or holds what is not acceptable.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public Snapshot? TryRead(CancellationToken cancellation)
    {
        try
        {
            var entries = List();
            var snapshot = new Snapshot(Read(entries, cancellation), entries);
            return IsCurrent(snapshot) ? snapshot : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether no file has been changed since.</summary>
    public bool IsCurrent(Snapshot snapshot) => List().SequenceEqual(snapshot.Entries);

    private List<Entry> List()
    {
        if (!Directory.Exists(root))
            throw new FetchException(FetchReasons.NotFound, $"the folder {root} does not exist");

        var entries = new List<Entry>();
        List(new DirectoryInfo(root), "", entries);
        return entries;
    }

    private void List(DirectoryInfo folder, string path, List<Entry> entries)
    {
        foreach (var item in folder.GetFileSystemInfos().OrderBy(i => i.Name, StringComparer.Ordinal).Where(i => !IsIgnored(i.Name)))
        {
            var itemPath = TreePath.Join(path, item.Name);
            if (TreePath.Unprintable(item.Name) is not null)
                entries.Add(new(itemPath, null, 0, DateTime.MinValue, IsExecutable: false));
            else if (item.LinkTarget is { } target)
                entries.Add(new(itemPath, target.Replace(Path.DirectorySeparatorChar, '/'), 0, item.LastWriteTimeUtc, IsExecutable: false));
            else if (item is DirectoryInfo inner)
                List(inner, TreePath.Check(itemPath), entries);
            else
                entries.Add(new(itemPath, null, ((FileInfo)item).Length, item.LastWriteTimeUtc, IsExecutable(item)));

            limits.CheckCount(entries.Count);
        }
    }

    private ImmutableArray<ManifestFile> Read(List<Entry> entries, CancellationToken cancellation)
    {
        var tree = new SourceTree<Entry>(limits);
        foreach (var entry in entries)
        {
            if (entry.LinkTarget is { } target)
                tree.AddLink(entry.Path, target);
            else
                tree.AddFile(entry.Path, entry);
        }

        var resolved = tree.Resolve();
        var total = 0L;
        var contents = new Dictionary<string, byte[]>();
        foreach (var (path, entry) in resolved.Select(r => (r.Path, r.Content)))
        {
            if (entry is null || contents.ContainsKey(entry.Path))
                continue;
            cancellation.ThrowIfCancellationRequested();
            limits.CheckFile(path, entry.Size);
            limits.CheckTotal(total += entry.Size);
            contents[entry.Path] = Read(entry);
        }

        var lfs = LargeFiles(contents.Values, limits.MaxTotalSize - total);
        return [.. resolved.Select(r => r.ToFile(entry => contents[entry.Path], entry => entry.IsExecutable, isInside: true, lfs))];
    }

    // A working tree has them where Git LFS is installed, and has not written them out.
    private Dictionary<LfsPointer, LfsContent> LargeFiles(IEnumerable<byte[]> contents, long rest)
    {
        var found = new Dictionary<LfsPointer, LfsContent>();
        LfsPointer[] pointers = [.. contents.Select(content => LfsPointer.Parse(content)).OfType<LfsPointer>()];
        if (pointers.Length == 0 || WorkingTree() is not { } tree)
            return found;
        foreach (var pointer in pointers)
        {
            if (pointer.Size > limits.MaxFileSize || pointer.Size > rest || pointer.HasExtensions || LfsStore.Find(tree, pointer) is not { } content)
                continue;
            found[pointer] = LfsContent.Of(content);
            rest -= pointer.Size;
        }

        return found;
    }

    private string? WorkingTree()
    {
        for (var folder = Path.GetFullPath(root); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, ".git")))
                return folder;
        }

        return null;
    }

    // What has no length is not opened: it may be a pipe, and opening one waits for its other end.
    private byte[] Read(Entry entry)
    {
        if (entry.Size == 0)
            return [];

        using var stream = ReferencedFile.OpenRead(Path.Combine(root, entry.Path));
        var content = new byte[entry.Size];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    private static bool IsExecutable(FileSystemInfo file) => !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);

    // A working tree's own folder, and what editors leave beside a file that is open in them.
    private static bool IsIgnored(string name) =>
        name is ".git" || name.EndsWith('~') || name.StartsWith(".#", StringComparison.Ordinal)
        || (name.StartsWith('.') && name.EndsWith(".swp", StringComparison.Ordinal));

    internal sealed record Snapshot(ImmutableArray<ManifestFile> Files, List<Entry> Entries);

    internal sealed record Entry(string Path, string? LinkTarget, long Size, DateTime Written, bool IsExecutable);
}
