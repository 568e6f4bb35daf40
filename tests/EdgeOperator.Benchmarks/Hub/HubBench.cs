using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>What is measured of the hub.</summary>
internal static class HubBench
{
    public static string[] Tools { get; } = [$"{PostgresServer.Programs}/postgres --version", "PATH=$PATH:/usr/sbin mosquitto -h | head -n 1"];

    public static (char Letter, Func<BenchOptions, Task<Section>> Measure)[] Sections { get; } =
    [
        ('a', ReportRate.MeasureAsync),
        ('b', ManyTwins.MeasureAsync),
        ('c', ManyConnections.MeasureAsync),
        ('d', ReconnectStorm.MeasureAsync),
        ('e', TwinSourceCost.MeasureAsync),
    ];
}
