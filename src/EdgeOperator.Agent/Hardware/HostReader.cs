using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Hardware;

/// <summary>Reads how busy and how full the device is. The share of the processors' time is that since the reading before by the same reader.</summary>
/// <param name="root">Where <c>/proc</c> and <c>/sys</c> are looked for.</param>
public sealed class HostReader(string root = "/")
{
    private const int MostDisks = 16;
    private const int MostSensors = 16;
    private const int Kilobyte = 1024;

    /// <summary>File systems that hold data of their own, and not that of a memory, a network or an image.</summary>
    private static readonly ImmutableHashSet<string> OnDisks =
        ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "zfs", "vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "bcachefs", "ubifs", "jffs2"];

    private ProcessorTimes? _before;

    public HostFigures Read()
    {
        var (total, available) = OperatingSystem.IsWindows() ? Memory() : LinuxMemory();
        return new()
        {
            Cpu = Cpu(),
            MemoryTotal = total,
            MemoryAvailable = available,
            Disks = OperatingSystem.IsWindows() ? FixedDrives() : LinuxDisks(),
            Temperatures = [.. Temperatures().Take(MostSensors)],
        };
    }

    /// <summary>Time of all processors since the start; null where the system does not tell.</summary>
    public ProcessorTimes? Times()
    {
        // https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat: user nice system idle iowait irq softirq steal; guest is in user.
        if (Lines("proc/stat").FirstOrDefault()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not ["cpu", .. var fields] || fields.Length < 4)
            return null;
        var ticks = fields.Take(8).Select(f => long.TryParse(f, CultureInfo.InvariantCulture, out var n) ? n : 0).ToArray();
        var idle = ticks[3] + (ticks.Length > 4 ? ticks[4] : 0);
        return new(ticks.Sum() - idle, idle);
    }

    private double? Cpu()
    {
        var (before, now) = (_before, Times());
        _before = now;
        return before is not { } b || now is not { } n || n.Busy + n.Idle - b.Busy - b.Idle is not (> 0 and var all) ? null : Math.Clamp((double)(n.Busy - b.Busy) / all, 0, 1);
    }

    private (long? Total, long? Available) LinuxMemory()
    {
        long? total = null, available = null;
        foreach (var line in Lines("proc/meminfo"))
            if (line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries) is [var name, var number, ..] && long.TryParse(number, CultureInfo.InvariantCulture, out var kilobytes))
                (total, available) = name switch { "MemTotal" => (kilobytes * Kilobyte, available), "MemAvailable" => (total, kilobytes * Kilobyte), _ => (total, available) };
        return (total, available);
    }

    private static (long? Total, long? Available) Memory()
    {
        var memory = GC.GetGCMemoryInfo();
        return memory.TotalAvailableMemoryBytes > 0 ? (memory.TotalAvailableMemoryBytes, Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes)) : (null, null);
    }

    private ImmutableArray<DiskFigures> LinuxDisks()
    {
        // The shortest mount of a device stands for it: others are parts of it that are bound elsewhere. A container's root is no device.
        var mounts = Lines("proc/self/mounts").Select(line => line.Split(' ')).Where(f => f.Length > 2)
            .Select(f => (Device: f[0], Path: Unescaped(f[1]), Type: f[2]))
            .Where(m => OnDisks.Contains(m.Type) || m.Path == "/")
            .OrderBy(m => m.Path.Length).DistinctBy(m => OnDisks.Contains(m.Type) ? m.Device : m.Path);
        return [.. mounts.Select(m => Disk(m.Path)).OfType<DiskFigures>().Take(MostDisks)];
    }

    private static ImmutableArray<DiskFigures> FixedDrives() =>
        [.. DriveInfo.GetDrives().Where(d => d.DriveType == DriveType.Fixed).Select(d => Disk(d.Name)).OfType<DiskFigures>().Take(MostDisks)];

    /// <summary>The file system that a path lies on; null when that can't be told.</summary>
    public static DiskFigures? Disk(string path)
    {
        try
        {
            var drive = new DriveInfo(path);
            return drive.TotalSize > 0 ? new(path, drive.TotalSize, drive.AvailableFreeSpace) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private IEnumerable<TemperatureFigures> Temperatures()
    {
        foreach (var zone in Folders("sys/class/thermal", "thermal_zone*"))
            if (Celsius(Path.Combine(zone, "temp")) is { } celsius)
                yield return new(First(Path.Combine(zone, "type")) ?? Path.GetFileName(zone), celsius);
        foreach (var chip in Folders("sys/class/hwmon", "hwmon*"))
            foreach (var input in Files(chip, "temp*_input"))
                if (Celsius(input) is { } celsius)
                    yield return new($"{First(Path.Combine(chip, "name")) ?? Path.GetFileName(chip)} {First(input.Replace("_input", "_label", StringComparison.Ordinal)) ?? Path.GetFileName(input).Split('_')[0]}", celsius);
    }

    // In thousandths. A sensor that is off answers an error, or nonsense.
    private static double? Celsius(string file) =>
        First(file) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var thousandths) && thousandths / 1000.0 is > -60 and < 200 and var celsius ? Math.Round(celsius, 1) : null;

    // Spaces and the like are written in octal: https://man7.org/linux/man-pages/man5/fstab.5.html.
    private static string Unescaped(string path) =>
        path.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal).Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);

    private static string? First(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IEnumerable<string> Folders(string folder, string pattern)
    {
        var path = Path.Combine(root, folder);
        return Directory.Exists(path) ? Directory.EnumerateDirectories(path, pattern).Order(StringComparer.Ordinal) : [];
    }

    private static IEnumerable<string> Files(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal);
}

/// <summary>Time of all processors, in ticks of the kernel: 1/100 s.</summary>
/// <param name="Idle">Waiting for disks among it.</param>
public readonly record struct ProcessorTimes(long Busy, long Idle);
