using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>An HTTP function of a Node.js v4 app.</summary>
internal static class NodeThroughput
{
    private const double Target = 0.4;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var folder = new TempFolder("eofb");
        var app = await BenchApps.NodeAsync(folder);
        await using var bare = await OtherServer.BareNodeAsync(BenchApps.BareNode(folder));
        await using var host = await HostedApp.StartAsync(options, app);
        var loads = await SideBySide.RunAsync(options, $"{bare.Url}/api/hello", $"{host.Url}/api/hello");
        var share = loads[1].Rate / loads[0].Rate;
        return new(
            "HTTP to a Node.js function",
            $"A function of the v4 model with the published library that answers a small JSON object, in one worker process, against a server of `node:http` that does the same; wrk with {Wrk.Connections} kept connections on the same machine, in turns, medians of the runs.",
            ["", "requests/s", "p50", "p99", "of bare node:http"],
            [loads[0].Row("bare node:http", ""), loads[1].Row("a function in our host", $"{share:0 %}")],
            $"Target: at least {Target:0 %} of the bare server's throughput: {Section.Met(share >= Target)}.");
    }
}
