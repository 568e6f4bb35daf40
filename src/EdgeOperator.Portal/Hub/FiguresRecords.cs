namespace EdgeOperator.Portal.Hub;

/// <summary>How busy and how full a device has been for a day.</summary>
public sealed record HubFigures(DateTime At, HubHost Latest, IReadOnlyList<HubFiguresPoint> Points);

public sealed record HubHost
{
    public double? Cpu { get; init; }

    public long? MemoryTotal { get; init; }

    public long? MemoryAvailable { get; init; }

    public IReadOnlyList<HubDisk> Disks { get; init; } = [];

    public IReadOnlyList<HubTemperature> Temperatures { get; init; } = [];
}

public sealed record HubDisk(string Path, long Total, long Free, int Used);

public sealed record HubTemperature(string Sensor, double Celsius);

public sealed record HubFiguresPoint(DateTime At, int? Cpu, int? Memory, int? Disk, int? Temperature);

/// <summary>What a device finds when it looks at itself.</summary>
public sealed record HubCheckReport(string Device, string Version, DateTime At, IReadOnlyList<HubCheck> Checks);

public sealed record HubCheck(string Area, string Verdict, string Message, string? Fix);
