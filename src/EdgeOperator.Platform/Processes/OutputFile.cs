using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Platform.Processes;

/// <summary>What a supervised process prints: a file that it appends to, and that never grows large.</summary>
[SupportedOSPlatform("linux")]
public static class OutputFile
{
    /// <summary>Bytes; once more, for what was printed before.</summary>
    public const int Limit = 1024 * 1024;

    /// <summary>Bytes that are kept of what is set aside.</summary>
    private const int Kept = 2 * Limit;

    private const int LongestLine = 300;

    /// <summary>Makes the file, unless it is there. For the agent's own user alone: what a program prints may hold anything.</summary>
    public static void Create(string path) => new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite,
        UnixCreateMode = AtomicFile.Private,
    }).Dispose();

    /// <summary>Sets aside what is too much. The process has the file open to append, so it goes on at the new end.</summary>
    public static void Bound(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: > Limit })
                return;
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

            // A process that prints fast, or while no agent looks, may have printed far more.
            file.Position = Math.Max(0, file.Length - Kept);
            Create(path + ".1");
            using (var aside = new FileStream(path + ".1", FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
                Copy(file, aside);
            file.SetLength(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look tries again.
        }
    }

    /// <summary>Not to the end, which may move on as fast as this reads.</summary>
    private static void Copy(FileStream from, FileStream to)
    {
        var buffer = new byte[64 * 1024];
        for (var left = Kept; left > 0 && from.Read(buffer, 0, Math.Min(left, buffer.Length)) is var count and > 0; left -= count)
            to.Write(buffer, 0, count);
    }

    /// <summary>The last line that is not empty, cut; null when there is none.</summary>
    public static string? LastLine(string path) => LastLine(path, out _);

    /// <param name="written">When the file was written to last.</param>
    /// <inheritdoc cref="LastLine(string)"/>
    public static string? LastLine(string path, out DateTimeOffset written)
    {
        written = default;
        try
        {
            written = new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(file.Length, 16 * LongestLine), SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            var line = reader.ReadToEnd().Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0);
            return line?.Length > LongestLine ? line[..LongestLine] + "…" : line;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
