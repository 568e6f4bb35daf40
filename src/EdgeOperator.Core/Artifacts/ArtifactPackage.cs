using System.Collections.Immutable;
using System.Formats.Tar;
using System.IO.Compression;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Artifacts;

/// <summary>
/// Files as one package, a gzipped tar file (pax, POSIX.1-2001). The same files give the same bytes, whoever packs them: in the order of
/// their paths, without times and owners.
/// </summary>
public static class ArtifactPackage
{
    /// <summary>Of the byte in gzip's header (RFC 1952) that names the system it was made on.</summary>
    private const int SystemOffset = 9;
    private const byte UnknownSystem = 255;

    /// <param name="package">A stream that can seek; the package begins where it stands.</param>
    /// <param name="files">What symlinks lead to is packed as a file.</param>
    /// <exception cref="InvalidDataException">A file can't be used, or has a path that no package may have.</exception>
    public static void Write(Stream package, IEnumerable<ManifestFile> files)
    {
        var start = package.Position;
        using (var gzip = new GZipStream(package, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
            foreach (var file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
                tar.WriteEntry(EntryOf(file));
        var end = package.Position;
        package.Position = start + SystemOffset;
        package.WriteByte(UnknownSystem);
        package.Position = end;
    }

    /// <summary>The files in a package, in the order of their paths. Folders that stand in it are left out, and nothing is written anywhere.</summary>
    /// <exception cref="InvalidDataException">It is no package, or holds what none may: links, devices, paths that lead out of it, too much.</exception>
    public static ImmutableArray<ManifestFile> Read(Stream package, PackageLimits limits)
    {
        try
        {
            using var gzip = new GZipStream(package, CompressionMode.Decompress, leaveOpen: true);
            using var bounded = new LimitedStream(gzip, limits.MaxUnpackedSize);
            using var tar = new TarReader(bounded);
            return Read(tar, limits);
        }
        catch (Exception e) when (e is FormatException or OverflowException or EndOfStreamException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidDataException($"it is no gzipped tar file: {e.Message}", e);
        }
    }

    private static ImmutableArray<ManifestFile> Read(TarReader tar, PackageLimits limits)
    {
        var files = new SortedDictionary<string, ManifestFile>(StringComparer.Ordinal);
        var total = 0L;
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                continue;
            var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            var shown = PackagePath.Printable(entry.Name);
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                throw new InvalidDataException($"{shown} is neither a file nor a folder: it is a {entry.EntryType}");
            if (PackagePath.Problem(path) is { } problem)
                throw new InvalidDataException($"the path {shown} {problem}");
            if (entry.Length > limits.MaxFileSize)
                throw new InvalidDataException($"{shown} has {entry.Length} bytes, and at most {limits.MaxFileSize} are accepted");
            if ((total += entry.Length) > limits.MaxTotalSize)
                throw new InvalidDataException($"its files have more than {limits.MaxTotalSize} bytes in all");
            if (files.Count == limits.MaxFiles)
                throw new InvalidDataException($"it has more than {limits.MaxFiles} files");
            if (!files.TryAdd(path, new(path, ManifestTar.ContentOf(entry)) { IsExecutable = entry.Mode.HasFlag(UnixFileMode.UserExecute) }))
                throw new InvalidDataException($"the path {shown} appears twice");
        }

        CheckFolders(files.Keys);
        return [.. files.Values];
    }

    private static PaxTarEntry EntryOf(ManifestFile file)
    {
        if (file.Refused is { } refused)
            throw new InvalidDataException($"{PackagePath.Printable(file.Path)} {refused}");
        if (PackagePath.Problem(file.Path) is { } problem)
            throw new InvalidDataException($"the path {PackagePath.Printable(file.Path)} {problem}");
        return new(TarEntryType.RegularFile, file.Path)
        {
            Mode = ManifestTar.ModeOf(file),
            ModificationTime = DateTimeOffset.UnixEpoch,
            DataStream = ManifestTar.DataOf(file),
        };
    }

    // What is a file can't be a folder too.
    private static void CheckFolders(IEnumerable<string> paths)
    {
        var all = paths.ToHashSet(StringComparer.Ordinal);
        foreach (var path in all)
            for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
                if (all.Contains(path[..slash]))
                    throw new InvalidDataException($"the path {PackagePath.Printable(path[..slash])} is both a file and a folder");
    }
}
