using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Platform.Processes;

/// <summary>
/// A process that may have outlived whoever started it. Its number alone could be another's by now; with its start time and the
/// boot it can't.
/// </summary>
/// <param name="StartTime">In clock ticks since the boot, field 22 of <c>/proc/PID/stat</c> (proc(5)).</param>
/// <param name="Boot">The kernel's id of the boot.</param>
/// <param name="Label">An arbitrary text of the caller that started it.</param>
public sealed record ProcessIdentity(int Id, ulong StartTime, string Boot, string Label)
{
    /// <summary>How long a process without an environment is taken to be calling exec.</summary>
    private static readonly TimeSpan ExecTimeout = TimeSpan.FromMilliseconds(20);

    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Whether this very process still runs; a zombie does not.</summary>
    public bool IsAlive => IsThisBoot && ProcessStat.Of(Id) is { IsZombie: false } stat && stat.StartTime == StartTime;

    private bool IsThisBoot => File.ReadAllText(BootFile).TrimEnd() == Boot;

    /// <summary>The process itself, unless it is gone, and all that it has started and that is still in its session.</summary>
    public IEnumerable<int> Session()
    {
        if (!IsThisBoot)
            yield break;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && ProcessStat.Of(id) is { IsZombie: false } stat && stat.Session == Id && stat.StartTime >= StartTime)
                yield return id;
        }
    }

    /// <inheritdoc cref="Read(string, out bool)"/>
    public static ProcessIdentity? Read(string file) => Read(file, out _);

    /// <summary>Reads what a process wrote of itself: its line of <c>/proc/PID/stat</c>, the boot, the label, and the SHA-256 of these.</summary>
    /// <param name="isDamaged">Something is there, and it is not what was written.</param>
    /// <returns>Null when there is no such file, or it is damaged or can't be read.</returns>
    public static ProcessIdentity? Read(string file, out bool isDamaged)
    {
        isDamaged = false;
        try
        {
            // Version 0 wrote no checksum.
            if (StateFile.ReadLines(file) is [var stat, var boot, var label, .. var checksum] && ProcessStat.Parse(stat) is { } read
                && (checksum is [] || checksum[0] == ChecksumOf(stat, boot, label)))
                return new(read.Id, read.StartTime, boot, label);
            isDamaged = true;
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            isDamaged = true;
            return null;
        }
    }

    /// <summary>Searches all processes for the one that was started with this record, and still runs.</summary>
    /// <param name="file">See <see cref="Launch.Record"/>.</param>
    public static ProcessIdentity? Search(string file)
    {
        file = Path.GetFullPath(file);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && ProcessStat.Of(id) is { IsZombie: false } stat && stat.Session == id && EnvironmentOf(id) is { } environment

                // Its children inherit the variable, with another number than theirs.
                && environment.Contains(string.Create(CultureInfo.InvariantCulture, $"{Launch.RecordVariable}={id} {file}")))
            {
                var label = environment.FirstOrDefault(e => e.StartsWith(Launch.LabelVariable + "=", StringComparison.Ordinal))?[(Launch.LabelVariable.Length + 1)..];
                return new(id, stat.StartTime, File.ReadAllText(BootFile).TrimEnd(), label ?? "");
            }
        }

        return null;
    }

    /// <summary>Writes what the process wrote of itself once more.</summary>
    /// <exception cref="IOException">The process has ended, or the disk is full or failed.</exception>
    public void Write(string file)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/stat")).TrimEnd('\n');
        StateFile.ClearForFile(file);
        AtomicFile.Write(file, Encoding.UTF8.GetBytes($"{stat}\n{Boot}\n{Label}\n{ChecksumOf(stat, Boot, Label)}\n"));
    }

    private static string ChecksumOf(string stat, string boot, string label) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{stat}\n{boot}\n{label}\n")));

    private static string[]? EnvironmentOf(int id)
    {
        try
        {
            // While a process calls exec, the kernel shows no environment for well under a millisecond.
            var content = "";
            var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/environ");
            SpinWait.SpinUntil(() => (content = File.ReadAllText(file)).Length > 0, ExecTimeout);
            return content.Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or it has ended.
            return null;
        }
    }
}

/// <summary>What the kernel says of a process in <c>/proc/PID/stat</c>.</summary>
public readonly record struct ProcessStat(int Id, bool IsZombie, int Session, ulong StartTime)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Of(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Null when it is no such line. The program's name, in brackets, may hold anything.</summary>
    public static ProcessStat? Parse(string line)
    {
        var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
        if (open < 0 || close < open || line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var state, _, _, var session, ..] rest || rest.Length < 20)
            return null;
        return int.TryParse(line[..open], CultureInfo.InvariantCulture, out var id)
            && int.TryParse(session, CultureInfo.InvariantCulture, out var leader)
            && ulong.TryParse(rest[19], CultureInfo.InvariantCulture, out var start)
                ? new(id, state is "Z" or "X", leader, start)
                : null;
    }
}
