using System.Diagnostics;
using System.Globalization;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>Messages through the host's own queues, each on the disk before it counts as sent or done.</summary>
internal static class QueueRate
{
    private const int Senders = 64;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        using var custom = new TempFolder("eofb");
        using var node = new TempFolder("eofb");
        var rows = new List<string[]>();
        foreach (var (name, app) in new[] { ("custom handler", await BenchApps.CustomHandlerAsync(custom)), ("Node.js", await BenchApps.NodeAsync(node)) })
        {
            await using var host = await HostedApp.StartAsync(options, app);
            await RunAsync(host, 500);
            var count = options.Quick ? 2_000 : 20_000;
            var began = Stopwatch.GetTimestamp();
            var sent = await RunAsync(host, count);
            var all = Stopwatch.GetElapsedTime(began);
            rows.Add([name, Rate(count / sent.TotalSeconds), Rate(count / all.TotalSeconds)]);
        }

        return new(
            "Queue messages",
            $"Messages of 64 bytes over the control socket by {Senders} senders at once, while a function takes them (batches of 16, up to 24 at once).",
            ["", "sent/s", "sent, worked on and deleted/s"],
            rows,
            "No target; SQLite writes every transaction through to the disk.");
    }

    private static async Task<TimeSpan> RunAsync(HostedApp host, int count)
    {
        var message = new string('x', 64);
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (_, _) => await host.SendAsync("work", message));
        var sent = Stopwatch.GetElapsedTime(began);
        await Eventually.TrueAsync("the queue is empty", async () => (await host.QueuesAsync()).Contains("\"length\":0", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        return sent;
    }

    private static string Rate(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
