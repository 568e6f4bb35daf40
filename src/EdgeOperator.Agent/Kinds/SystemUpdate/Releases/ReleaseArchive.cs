using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>
/// A release as <c>make release</c> makes it: a gzipped tar of the programs of one version for one platform, and of a file
/// <c>RELEASE</c> that says which (<c>version=1.2.3</c>, <c>platform=linux-x64</c>).
/// </summary>
[SupportedOSPlatform("linux")]
internal static class ReleaseArchive
{
    public const string Program = "edgeop";

    private const string Label = "RELEASE";
    private const int MostFiles = 1000;

    /// <summary>Bytes; ten times as much as a release has.</summary>
    private const long Largest = 2L << 30;

    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Unpacks an archive into a new folder; all of it is on the disk then.</summary>
    /// <exception cref="ReleaseException">It is not what was asked for.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static async Task UnpackAsync(string archive, string folder, string version, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder, Executable);
        try
        {
            await using var file = File.OpenRead(archive);
            await using var plain = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(plain);
            var (files, size) = (0, 0L);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                if (entry.EntryType is TarEntryType.Directory && Trim(entry.Name) is "" or ".")
                    continue;
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || Trim(entry.Name) is not { Length: > 0 } name || name.Contains('/') || name.StartsWith('.'))
                    throw new ReleaseException($"the archive has {entry.Name}, which is no plain file at its top");
                if (++files > MostFiles || (size += entry.Length) > Largest)
                    throw new ReleaseException("the archive is larger than any release is");
                await WriteAsync(entry, Path.Combine(folder, name), cancellation);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new ReleaseException($"it is no gzipped tar archive ({e.Message})", e);
        }

        AtomicFile.SyncFolder(folder);
        Check(folder, version);
    }

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellation)
    {
        var mode = entry.Mode.HasFlag(UnixFileMode.UserExecute) ? Executable : Plain;
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        if (entry.DataStream is { } data)
            await data.CopyToAsync(file, cancellation);
        await file.FlushAsync(cancellation);
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        file.Flush(flushToDisk: true);
    }

    private static void Check(string folder, string version)
    {
        var label = Path.Combine(folder, Label);
        var lines = File.Exists(label) ? ReferencedFile.ReadText(label, limit: 16 * 1024).Split('\n') : [];
        if (!lines.Contains($"version={version}"))
            throw new ReleaseException($"it is no release of version {version}: its file {Label} says \"{lines.FirstOrDefault(l => l.StartsWith("version=", StringComparison.Ordinal)) ?? "nothing"}\"");
        var platform = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        if (!lines.Contains($"platform={platform}"))
            throw new ReleaseException($"it is no release for {platform}: its file {Label} says \"{lines.FirstOrDefault(l => l.StartsWith("platform=", StringComparison.Ordinal)) ?? "nothing"}\"");
        if (!File.Exists(Path.Combine(folder, Program)))
            throw new ReleaseException($"it has no program {Program}");
    }

    private static string Trim(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..].TrimEnd('/') : name.TrimEnd('/');
}

/// <summary>An archive is not what it should be; the message is a sentence about it.</summary>
internal sealed class ReleaseException(string message, Exception? inner = null) : Exception(message, inner);
