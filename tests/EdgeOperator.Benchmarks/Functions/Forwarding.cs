using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>An HTTP function of a custom handler, which the host forwards to.</summary>
internal static class Forwarding
{
    private const double Target = 0.5;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var folder = new TempFolder("eofb");
        var app = await BenchApps.CustomHandlerAsync(folder);
        await using var handler = await OtherServer.HandlerAsync($"{app}/handler");
        await using var nginx = await OtherServer.NginxAsync(handler.Port);
        await using var host = await HostedApp.StartAsync(options, app);
        var loads = await SideBySide.RunAsync(options, $"{handler.Url}/api/hello", $"{nginx.Url}/api/hello", $"{host.Url}/api/hello");
        var share = loads[2].Rate / loads[1].Rate;
        return new(
            "HTTP to a custom handler",
            $"A handler of one thread in C that answers 5 bytes; wrk with {Wrk.Connections} kept connections on the same machine. All in turns on all cores, medians of the runs. nginx is a reverse proxy with kept connections, a process a core.",
            ["", "requests/s", "p50", "p99", "of nginx"],
            [
                loads[0].Row("the handler itself", ""),
                loads[1].Row("behind nginx", ""),
                loads[2].Row("a function in our host", $"{share:0 %}"),
            ],
            $"Target: at least {Target:0 %} of nginx's throughput: {Section.Met(share >= Target)}.");
    }
}
