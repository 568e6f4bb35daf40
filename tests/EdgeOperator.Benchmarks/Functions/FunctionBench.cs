namespace EdgeOperator.Benchmarks.Functions;

/// <summary>What is measured of the functions host.</summary>
internal static class FunctionBench
{
    public static string[] Tools { get; } =
        ["echo node $(node --version)", "nginx -v 2>&1", "wrk -v 2>&1 | head -n 1 | cut -d' ' -f1-3", "gcc --version | head -n 1"];

    public static (char Letter, Func<BenchOptions, Task<Section>> Measure)[] Sections { get; } =
    [
        ('a', Forwarding.MeasureAsync),
        ('b', NodeThroughput.MeasureAsync),
        ('c', ColdStart.MeasureAsync),
        ('d', IdleMemory.MeasureAsync),
        ('e', QueueRate.MeasureAsync),
        ('f', DotnetThroughput.MeasureAsync),
    ];
}
