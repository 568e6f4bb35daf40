using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>An HTTP function of Microsoft's .NET isolated worker with ASP.NET Core integration.</summary>
internal static class DotnetThroughput
{
    private const double Target = 0.5;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var folder = new TempFolder("eofb");
        var app = await BenchApps.DotnetAsync(folder);
        await using var bare = await OtherServer.BareDotnetAsync(await BenchApps.BareDotnetAsync(folder));
        await using var host = await HostedApp.StartAsync(options, app);
        var loads = await SideBySide.RunAsync(options, $"{bare.Url}/api/hello", $"{host.Url}/api/hello");
        var share = loads[1].Rate / loads[0].Rate;
        return new(
            "HTTP to a .NET isolated function",
            $"A function with ASP.NET Core integration that answers a small JSON object, in one worker process, against a minimal ASP.NET Core app that does the same; wrk with {Wrk.Connections} kept connections on the same machine, in turns, medians of the runs. Each call is forwarded and invoked over gRPC as well, as that integration demands.",
            ["", "requests/s", "p50", "p99", "of the bare app"],
            [loads[0].Row("bare ASP.NET Core", ""), loads[1].Row("a function in our host", $"{share:0 %}")],
            $"Target: at least {Target:0 %} of the bare app's throughput: {Section.Met(share >= Target)}.");
    }
}
