using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>What an app takes that has nothing to do.</summary>
internal static class IdleMemory
{
    private const double Target = 60;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var custom = new TempFolder("eofb");
        using var node = new TempFolder("eofb");
        var rows = new List<string[]>();
        var most = 0.0;
        foreach (var (name, app) in new[] { ("custom handler", await BenchApps.CustomHandlerAsync(custom)), ("Node.js", await BenchApps.NodeAsync(node)) })
        {
            await using var host = await HostedApp.StartAsync(options, app);
            await Wrk.RunAsync($"{host.Url}/api/hello", options.Quick ? 1 : 5);
            await Task.Delay(TimeSpan.FromSeconds(options.Quick ? 5 : 60), TimeProvider.System);
            var own = HostedApp.Memory(host.ProcessId);
            var worker = HostedApp.Memory((await host.ReportAsync()).Instances[0].ProcessId);
            rows.Add([name, $"{own.Own:0.0} MB", $"{own.Resident:0.0} MB", $"{worker.Own:0.0} MB", $"{worker.Resident:0.0} MB"]);
            most = Math.Max(most, own.Own);
        }

        return new(
            "Memory of an idle app",
            $"{(options.Quick ? 5 : 60)} s after a burst of requests. Private memory is `Private_Dirty` + `Swap` of `smaps_rollup`.",
            ["", "host, private", "host, resident", "worker, private", "worker, resident"],
            rows,
            $"Target: at most {Target:0} MB of private memory for the host: {Section.Met(most <= Target)}.");
    }
}
