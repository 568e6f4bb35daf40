using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Agent.Storage;

namespace EdgeOperator.Agent.Supervision;

/// <summary>What a supervised process prints: a file that it appends to, and that never grows large.</summary>
[SupportedOSPlatform("linux")]
internal static class OutputFile
{
    /// <summary>Bytes; once more, for what was printed before.</summary>
    public const int Limit = 1024 * 1024;

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
            File.Copy(path, path + ".1", overwrite: true);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look tries again.
        }
    }

    /// <summary>The last line that is not empty, cut; null when there is none.</summary>
    public static string? LastLine(string path)
    {
        try
        {
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
