using System.Collections.Immutable;
using System.Formats.Tar;
using System.Security.Cryptography;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Storage;

/// <summary>An artifact's files as one plain tar file: one write, one sync, one hash, and readable by hand.</summary>
internal static class ArtifactFile
{
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

    /// <exception cref="InvalidDataException">The content is not what was written.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static ImmutableArray<ManifestFile> Read(string path, string hash)
    {
        using var stream = File.OpenRead(path);
        if (Convert.ToHexStringLower(SHA256.HashData(stream)) != hash)
            throw new InvalidDataException("its content is not what was stored");

        stream.Position = 0;
        using var tar = new TarReader(stream);
        var files = ImmutableArray.CreateBuilder<ManifestFile>();
        while (tar.GetNextEntry() is { } entry)
            files.Add(new(entry.Name, Content(entry)));

        return files.DrainToImmutable();
    }

    private static void Write(Stream stream, ImmutableArray<ManifestFile> files)
    {
        using var tar = new TarWriter(stream, leaveOpen: true);
        foreach (var file in files)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, file.Path)
            {
                DataStream = new MemoryStream(file.Content.ToArray(), writable: false),
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }
    }

    private static byte[] Content(TarEntry entry)
    {
        var content = new byte[entry.Length];
        entry.DataStream?.ReadExactly(content);
        return content;
    }
}
