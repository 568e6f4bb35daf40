using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>How long it takes until all devices are back that come at the same moment, after the hub was restarted.</summary>
internal static class ReconnectStorm
{
    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        var count = await BenchHub.MostDevicesAsync(options);
        await using var sqlite = await BenchStore.SqliteAsync();
        await using var postgres = await BenchStore.PostgresAsync();
        var (onSqlite, onPostgres) = (await RunAsync(options, sqlite, count), await RunAsync(options, postgres, count));
        return new(
            $"{count.ToString("#,0", CultureInfo.InvariantCulture)} devices come back at once",
            "Over TLS, with new keys for each connection, as soon as the hub listens again. Who is refused tries again after a second. Clients share the cores.",
            ["", "half of them are back", "all are back", "refused at first"],
            [onSqlite.Row("SQLite"), onPostgres.Row("PostgreSQL")],
            "Target: all are back, and none is refused for good: met, or this would not have ended.");
    }

    private static async Task<Storm> RunAsync(BenchOptions options, BenchStore store, int count)
    {
        await using var hub = await BenchHub.StartAsync(options, store.Configuration);
        await hub.StopAsync();
        await store.FillAsync(hub, count);
        await hub.StartProcessAsync();
        var (first, _) = await ConnectAllAsync(hub, count);
        await hub.StopAsync();
        foreach (var device in first)
            await device.DisposeAsync();
        await hub.StartProcessAsync();
        var (back, storm) = await ConnectAllAsync(hub, count);
        foreach (var device in back)
            await device.DisposeAsync();
        return storm;
    }

    private static async Task<(BenchDevice[] Devices, Storm Storm)> ConnectAllAsync(BenchHub hub, int count)
    {
        var began = Stopwatch.GetTimestamp();
        var times = new Samples();
        var refused = 0;
        var devices = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    var device = await hub.ConnectAsync(BenchStore.DeviceName(i));
                    lock (times)
                        times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                    return device;
                }
                catch (Exception e) when (e is InvalidOperationException or IOException or SocketException)
                {
                    Interlocked.Increment(ref refused);
                    await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
                }
            }
        })));
        return (devices, new(times.Median, Stopwatch.GetElapsedTime(began).TotalMilliseconds, refused));
    }

    private sealed record Storm(double Half, double All, int Refused)
    {
        public string[] Row(string name) => [name, Section.Milliseconds(Half), Section.Milliseconds(All), Refused.ToString("#,0", CultureInfo.InvariantCulture)];
    }
}
