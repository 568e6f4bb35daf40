namespace EdgeOperator.Benchmarks.Fleets;

/// <summary>What is measured of fleets.</summary>
internal static class FleetBench
{
    public static string[] Tools { get; } = ["nginx -v", "curl --version"];

    public static (char Letter, Func<BenchOptions, Task<Section>> Measure)[] Sections { get; } = [('a', EngineTicks.MeasureAsync), ('b', FleetPlans.MeasureAsync), ('c', ArtifactThroughput.MeasureAsync)];
}
