using System.Globalization;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Benchmarks;

/// <summary>What it costs to find that nothing is to be done, against <c>docker-compose up -d</c> on the same containers.</summary>
internal static class NoOpPass
{
    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var fleet = await Fleet.StartAsync(options);
        await using var peer = await ComposePeer.StartAsync();
        var rows = new List<string[]>();
        var factor = 0.0;
        foreach (var modules in (int[])[1, 10, 100])
        {
            await fleet.SettleAsync(modules);
            await peer.SettleAsync(modules);
            var (pass, request, verb, compose) = (new Samples(), new Samples(), new Samples(), new Samples());
            for (var round = 0; round < options.Rounds(20); round++)
            {
                await compose.TimeAsync(peer.UpAsync);
                for (var i = 0; i < 5; i++)
                    await TimeAsync(fleet.Device, request, pass);
                await verb.TimeAsync(() => fleet.Device.EdgeopAsync("reconcile"));
            }

            factor = compose.Median / pass.Median;
            rows.Add(
            [
                $"{modules}",
                Section.Milliseconds(pass.Median), Section.Milliseconds(pass.Percentile(99)),
                Section.Milliseconds(request.Median), Section.Milliseconds(verb.Median),
                Section.Milliseconds(compose.Median), Section.Milliseconds(compose.Percentile(99)),
                $"{factor:0}×", $"{compose.Median / request.Median:0}×", $"{compose.Median / verb.Median:0.0}×", $"{pass.Count} / {verb.Count} / {compose.Count}",
            ]);
        }

        return new(
            "A pass with nothing to do",
            "The pass: observe, plan, find nothing, as the agent itself measures it. The request: asks Git for something newer before that, "
            + "and waits for the answer. `edgeop reconcile` is the same with a process started for it. Each side has an engine of its own with "
            + "the same containers; rounds alternate.",
            ["modules", "pass", "p99", "request", "`edgeop reconcile`", "`docker-compose up -d`", "p99", "pass is faster by", "request", "verb", "N"],
            rows,
            $"Target: at 100 modules at least 50× faster than docker-compose: {Section.Met(factor >= 50)} ({factor:0}×).");
    }

    private static async Task TimeAsync(Device device, Samples request, Samples pass)
    {
        var before = await PassesAsync(device);
        await request.TimeAsync(device.ReconcileAsync);
        var after = await PassesAsync(device);
        pass.Add((after.Seconds - before.Seconds) / (after.Count - before.Count) * 1000);
    }

    private static async Task<(double Seconds, double Count)> PassesAsync(Device device)
    {
        var lines = (await device.MetricsAsync()).Split('\n');
        return (Sum("edgeoperator_reconcile_duration_seconds_sum"), Sum("edgeoperator_reconcile_duration_seconds_count"));

        double Sum(string name) => lines
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
