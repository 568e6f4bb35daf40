using System.Diagnostics;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>The first request after the worker's death, without and with another one at hand.</summary>
internal static class ColdStart
{
    private const double Target = 50;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var custom = new TempFolder("eofb");
        using var node = new TempFolder("eofb");
        var rows = new List<string[]>();
        var worst = 0.0;
        foreach (var (name, app) in new[] { ("custom handler", await BenchApps.CustomHandlerAsync(custom)), ("Node.js", await BenchApps.NodeAsync(node)) })
        {
            var (process, warm, zero, standby) = (new Samples(), new Samples(), new Samples(), new Samples());
            await FromNothingAsync(options, app, process);
            await WithoutWorkerAsync(options, app, standby: false, warm, zero);
            await WithoutWorkerAsync(options, app, standby: true, warm, standby);
            rows.Add([name, Section.Milliseconds(warm.Median), Section.Milliseconds(standby.Median), Section.Milliseconds(zero.Median), Section.Milliseconds(process.Median)]);
            worst = Math.Max(worst, standby.Median - warm.Median);
        }

        return new(
            "The first request",
            "Medians, a new connection each. *Standby* and *zero*: the worker that served was killed just before, with another one loaded and idle, and with none. *Nothing*: from the start of the host's process to its first answer.",
            ["", "warm", "standby", "zero", "nothing"],
            rows,
            $"Target: at most {Target:0} ms over a warm request from standby: {Section.Met(worst <= Target)} ({Section.Milliseconds(worst)} at worst).");
    }

    private static async Task FromNothingAsync(BenchOptions options, string app, Samples samples)
    {
        for (var i = 0; i < options.Rounds(20); i++)
        {
            HostedApp? host = null;
            await samples.TimeAsync(async () =>
            {
                host = HostedApp.Launch(options, app);
                await AnsweredAsync(host.Url);
            });
            await host!.DisposeAsync();
        }
    }

    private static async Task WithoutWorkerAsync(BenchOptions options, string app, bool standby, Samples warm, Samples cold)
    {
        // A host each: a worker that ends again soon is waited with.
        for (var i = 0; i < options.Rounds(20); i++)
        {
            await using var host = await HostedApp.StartAsync(options, app, standby);
            await Eventually.TrueAsync("all is ready", async () => (await host.ReportAsync()).Instances is var all &&
                all.Any(w => w.State == "ready") && all.All(w => w.State is "ready" or "standby") && all.Length == (standby ? 2 : 1));
            await AnsweredAsync(host.Url);
            await warm.TimeAsync(() => AnsweredAsync(host.Url));
            await host.KillWorkerAsync();
            await cold.TimeAsync(() => AnsweredAsync(host.Url));
        }
    }

    // As a client that insists: a refusal is tried again at once, and counts as time.
    private static async Task AnsweredAsync(string url)
    {
        for (var limit = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var http = new HttpClient();
                await http.GetStringAsync(new Uri($"{url}/api/hello"));
                return;
            }
            catch (HttpRequestException) when (limit.Elapsed < Eventually.Deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
    }
}
