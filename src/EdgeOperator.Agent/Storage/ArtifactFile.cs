using System.Collections.Immutable;
using System.Formats.Tar;
using System.Security.Cryptography;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Storage;

/// <summary>An artifact's files as one plain tar file: one write, one sync, one hash, and readable by hand.</summary>
internal static class ArtifactFile
{
    /// <summary>The attribute of an entry that stands for a file that can't be used, with the reason; see <see cref="ManifestFile.Refused"/>.</summary>
    private const string Refused = "EDGEOP.refused";

    /// <summary>See <see cref="ManifestFile.IsManifest"/>.</summary>
    private const string IsManifest = "EDGEOP.manifest";

    /// <summary>Bytes; some times what a source may deliver. What is longer was not written by <see cref="Write(string, ImmutableArray{ManifestFile})"/>, and reading it to find out could take minutes.</summary>
    public const long LargestSize = 1024L * 1024 * 1024;

    /// <returns>The file's SHA-256 in lower-case hex.</returns>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static string Write(string path, ImmutableArray<ManifestFile> files)
    {
        using var hash = SHA256.Create();
        AtomicFile.Write(path, stream =>
        {
            using var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true);
            Write(hashed, files);
        });
        return Convert.ToHexStringLower(hash.Hash!);
    }

    /// <returns>The hash that <see cref="Write(string, ImmutableArray{ManifestFile})"/> would return.</returns>
    public static string Hash(ImmutableArray<ManifestFile> files)
    {
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            Write(hashed, files);
        return Convert.ToHexStringLower(hash.Hash!);
    }

    /// <exception cref="InvalidDataException">The content is not what was written.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static ImmutableArray<ManifestFile> Read(string path, string hash)
    {
        using var stream = StateFile.OpenRead(path);
        if (stream.Length > LargestSize)
            throw new InvalidDataException($"it has more than {LargestSize} bytes");
        if (Convert.ToHexStringLower(SHA256.HashData(stream)) != hash)
            throw new InvalidDataException("its content is not what was stored");

        stream.Position = 0;
        using var tar = new TarReader(stream);
        var files = ImmutableArray.CreateBuilder<ManifestFile>();
        var links = new List<(int Index, string From)>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.HardLink)
                links.Add((files.Count, entry.LinkName));
            var attributes = (entry as PaxTarEntry)?.ExtendedAttributes;
            files.Add(new(entry.Name, ManifestTar.ContentOf(entry))
            {
                IsExecutable = entry.Mode.HasFlag(UnixFileMode.UserExecute),
                Refused = attributes?.GetValueOrDefault(Refused),
                IsManifest = bool.TryParse(attributes?.GetValueOrDefault(IsManifest), out var isManifest) ? isManifest : null,
            });
        }

        var contents = links.Count == 0 ? null : files.ToDictionary(f => f.Path, f => f.Content);
        foreach (var (index, from) in links)
            files[index] = files[index] with { Content = contents![from], LinkedFrom = from };

        return files.DrainToImmutable();
    }

    private static void Write(Stream stream, ImmutableArray<ManifestFile> files)
    {
        using var tar = new TarWriter(stream, leaveOpen: true);
        foreach (var file in files)
        {
            // What symlinks lead to stands in the tar once.
            var attributes = new List<KeyValuePair<string, string>>();
            if (file.Refused is { } refusal)
                attributes.Add(new(Refused, refusal));
            if (file.IsManifest is { } isManifest)
                attributes.Add(new(IsManifest, isManifest ? "true" : "false"));
            var entry = new PaxTarEntry(file.LinkedFrom is null ? TarEntryType.RegularFile : TarEntryType.HardLink, file.Path, attributes)
            {
                Mode = ManifestTar.ModeOf(file),
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            if (file.LinkedFrom is { } from)
                entry.LinkName = from;
            else
                entry.DataStream = ManifestTar.DataOf(file);
            tar.WriteEntry(entry);
        }
    }
}
