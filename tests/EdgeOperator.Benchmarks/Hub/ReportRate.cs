using System.Diagnostics;
using System.Globalization;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>How many changes of reported properties the hub takes.</summary>
internal static class ReportRate
{
    private const int Devices = 200;

    private static readonly Dictionary<string, int> Targets = new() { ["SQLite"] = 1500, ["PostgreSQL"] = 4000 };

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        var rows = new List<string[]>();
        var verdicts = new List<string>();
        foreach (var open in (Func<Task<BenchStore>>[])[BenchStore.SqliteAsync, BenchStore.PostgresAsync])
        {
            await using var store = await open();
            var (samples, seconds) = await RunAsync(options, store);
            var rate = samples.Count / seconds;
            rows.Add([store.Name, rate.ToString("#,0", CultureInfo.InvariantCulture), Section.Milliseconds(samples.Median), Section.Milliseconds(samples.Percentile(99))]);
            verdicts.Add($"{Targets[store.Name]:#,0} a second on {store.Name}: {Section.Met(rate >= Targets[store.Name])}");
        }

        return new(
            "Reported properties",
            $"{Devices} devices over MQTT and TLS, each sending the next change when the one before was answered; every change is on the disk by then. Devices, hub and database share the cores.",
            ["store", "changes/s", "p50", "p99"],
            rows,
            $"Target: {string.Join("; ", verdicts)}.");
    }

    private static async Task<(Samples Samples, double Seconds)> RunAsync(BenchOptions options, BenchStore store)
    {
        await using var hub = await BenchHub.StartAsync(options, store.Configuration);
        await hub.StopAsync();
        await store.FillAsync(hub, Devices);
        await hub.StartProcessAsync();
        var devices = await Task.WhenAll(Enumerable.Range(0, Devices).Select(i => hub.ConnectAsync(BenchStore.DeviceName(i))));
        await Task.WhenAll(devices.Select(d => d.SubscribeAsync("$iothub/twin/res/#")));
        await ReportAsync(devices, TimeSpan.FromSeconds(options.Quick ? 1 : 5));

        var began = Stopwatch.GetTimestamp();
        var samples = await ReportAsync(devices, TimeSpan.FromSeconds(options.Quick ? 3 : 20));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        foreach (var device in devices)
            await device.DisposeAsync();
        return (samples, seconds);
    }

    private static async Task<Samples> ReportAsync(BenchDevice[] devices, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(devices.Select(device => Task.Run(async () =>
        {
            var times = new List<double>();
            for (var n = 1; Stopwatch.GetElapsedTime(began) < duration; n++)
            {
                var sent = Stopwatch.GetTimestamp();
                await device.PublishAsync($"$iothub/twin/PATCH/properties/reported/?$rid={n}", $$"""{"edgeoperator":{"n":{{n}} } }""");
                var topic = await device.ReceiveTopicAsync();
                if (!topic.StartsWith("$iothub/twin/res/204/", StringComparison.Ordinal))
                    throw new InvalidOperationException($"a change was refused: {topic}");
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            return times;
        })));
        var samples = new Samples();
        foreach (var time in all.SelectMany(t => t))
            samples.Add(time);
        return samples;
    }
}
