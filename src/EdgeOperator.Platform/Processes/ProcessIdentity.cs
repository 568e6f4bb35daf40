using System.Globalization;

namespace EdgeOperator.Platform.Processes;

/// <summary>
/// A process that may have outlived whoever started it. Its number alone could be another's by now; with its start time and the
/// boot it can't.
/// </summary>
/// <param name="StartTime">In clock ticks since the boot, field 22 of <c>/proc/PID/stat</c> (proc(5)).</param>
/// <param name="Boot">The kernel's id of the boot.</param>
/// <param name="Label">What whoever started it wanted to be told again.</param>
public sealed record ProcessIdentity(int Id, ulong StartTime, string Boot, string Label)
{
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

    /// <summary>Reads what a process wrote of itself: its line of <c>/proc/PID/stat</c>, the boot and the label; null when there is no such file.</summary>
    public static ProcessIdentity? Read(string file)
    {
        try
        {
            return File.ReadAllLines(file) is [var stat, var boot, var label, ..] && ProcessStat.Parse(stat) is { } read
                ? new(read.Id, read.StartTime, boot, label)
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
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
