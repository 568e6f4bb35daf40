using System.Collections.Immutable;

namespace EdgeOperator.Core.Protocol;

/// <summary>How busy and how full a device is at a moment. What its system does not tell is null or missing.</summary>
public sealed record HostFigures
{
    /// <summary>The share of all processors' time that was used since the reading before, 0 to 1; null for the first.</summary>
    public double? Cpu { get; init; }

    /// <summary>Bytes.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Bytes that programs could still have.</summary>
    public long? MemoryAvailable { get; init; }

    public ImmutableArray<DiskFigures> Disks { get; init; } = [];

    public ImmutableArray<TemperatureFigures> Temperatures { get; init; } = [];

    /// <summary>The share of the memory that is in use, in percent.</summary>
    public int? MemoryUsed => MemoryTotal is > 0 and { } total && MemoryAvailable is { } available ? (int)Math.Round(100.0 * (total - available) / total) : null;
}

/// <summary>A file system.</summary>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Total">Bytes.</param>
/// <param name="Free">Bytes that anybody may still use.</param>
public sealed record DiskFigures(string Path, long Total, long Free)
{
    /// <summary>In percent.</summary>
    public int Used => Total <= 0 ? 0 : (int)Math.Round(100.0 * (Total - Free) / Total);
}

/// <param name="Sensor">As the system names it.</param>
public sealed record TemperatureFigures(string Sensor, double Celsius);

/// <summary>What changes seldom of a device, so that a twin can hold it.</summary>
/// <param name="Memory">In use, in percent, a multiple of <see cref="Step"/>; null when it is not known.</param>
/// <param name="Disks">The same for file systems, by where they are mounted.</param>
public sealed record HostSummary(int? Memory, ImmutableSortedDictionary<string, int> Disks)
{
    public const int Step = 5;

    /// <summary>Numbers stay as they are until they are a whole step away, so that what moves to and fro is not told again and again.</summary>
    public static HostSummary Of(HostFigures figures, HostSummary? before)
    {
        var disks = figures.Disks.ToImmutableSortedDictionary(d => d.Path, d => Near(d.Used, before?.Disks.TryGetValue(d.Path, out var known) == true ? known : null), StringComparer.Ordinal);
        var memory = figures.MemoryUsed is { } used ? Near(used, before?.Memory) : (int?)null;
        return before is not null && before.Memory == memory && before.Disks.SequenceEqual(disks) ? before : new(memory, disks);
    }

    private static int Near(int percent, int? before) => before is { } kept && Math.Abs(percent - kept) < Step ? kept : (int)Math.Round(percent / (double)Step) * Step;
}

/// <summary>A certificate that the device depends on.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Renews">The agent renews it by itself.</param>
public sealed record CertificateStatus(string Name, string Subject, DateTimeOffset Expires, bool Renews = false);
