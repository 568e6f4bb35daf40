using System.Diagnostics;
using System.Globalization;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>What connections cost that have nothing to say, and how long one change takes to reach them all.</summary>
internal static class ManyConnections
{
    private const double MemoryTarget = 48;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        var count = await BenchHub.MostDevicesAsync(options);
        await using var store = await BenchStore.PostgresAsync();
        await using var hub = await BenchHub.StartAsync(options, store.Configuration);
        await hub.StopAsync();
        await store.FillAsync(hub, count);
        await hub.StartProcessAsync();
        var ours = await RunAsync(
            count, options.Quick ? 3 : 5, i => hub.ConnectAsync(BenchStore.DeviceName(i)), "$iothub/twin/PATCH/properties/desired/#", () => store.ChangeAllAsync(count), hub.Memory, hub.CpuTime);

        await using var mosquitto = await Mosquitto.StartAsync();
        await using var publisher = await mosquitto.ConnectAsync("publisher");
        var theirs = await RunAsync(
            count, options.Quick ? 3 : 5, i => mosquitto.ConnectAsync(BenchStore.DeviceName(i)), "all", () => publisher.PublishAsync("all", """{"n":1,"$version":1}"""), mosquitto.Memory, mosquitto.CpuTime);

        return new(
            $"{count.ToString("#,0", CultureInfo.InvariantCulture)} connections",
            "Over TLS with ECDSA P-256, on PostgreSQL. A change of the hub is one statement that writes every twin and its outbox row; mosquitto's is one message on a topic that all subscribe to. Memory and CPU time are those of the last nine tenths of the connections. Clients share the cores.",
            ["", "resident memory each", "CPU time to connect and subscribe", "one change to all, median"],
            [ours.Row("edgeop-hub"), theirs.Row("mosquitto")],
            $"Target: at most {MemoryTarget:0} KiB a connection: {Section.Met(ours.Memory <= MemoryTarget)}; a change within twice mosquitto's time: {Section.Met(ours.FanOut <= 2 * theirs.FanOut)}.");
    }

    private static async Task<Cost> RunAsync(
        int count, int rounds, Func<int, Task<BenchDevice>> connect, string filter, Func<Task> change, Func<double> memory, Func<double> cpu)
    {
        // The first tenth warms up: what is loaded and compiled once is no connection's cost.
        var devices = new BenchDevice[count];
        await ConnectAsync(0, count / 10);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        var before = (Memory: memory(), Cpu: cpu());
        await ConnectAsync(count / 10, count);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        var more = count - (count / 10);
        var (each, connecting) = ((memory() - before.Memory) / more, (cpu() - before.Cpu) / more);

        var samples = new Samples();
        for (var round = 0; round < rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var received = devices.Select(d => d.ReceiveTopicAsync()).ToArray();
            await change();
            await Task.WhenAll(received);
            samples.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        foreach (var device in devices)
            await device.DisposeAsync();
        return new(each, connecting, samples.Median);

        Task ConnectAsync(int from, int to) => Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            devices[i] = await connect(i);
            await devices[i].SubscribeAsync(filter);
        });
    }

    private sealed record Cost(double Memory, double Connect, double FanOut)
    {
        public string[] Row(string name) => [name, string.Create(CultureInfo.InvariantCulture, $"{Memory:0.0} KiB"), Section.Milliseconds(Connect), Section.Milliseconds(FanOut)];
    }
}
