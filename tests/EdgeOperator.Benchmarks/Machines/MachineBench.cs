namespace EdgeOperator.Benchmarks.Machines;

/// <summary>What is measured of virtual machines.</summary>
internal static class MachineBench
{
    public static string[] Tools { get; } = ["qemu-system-x86_64 --version | head -n 1", "ssh -V 2>&1"];

    public static (char Letter, Func<BenchOptions, Task<Section>> Measure)[] Sections { get; } =
    [
        ('a', BootToReady.MeasureAsync),
        ('b', RoundTrip.MeasureAsync),
        ('c', Throughput.MeasureAsync),
        ('d', AgentMemory.MeasureAsync),
        ('e', ShareSpeed.MeasureAsync),
    ];
}
