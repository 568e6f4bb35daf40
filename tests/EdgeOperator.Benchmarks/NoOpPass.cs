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
            var (pass, verb, compose) = (new Samples(), new Samples(), new Samples());
            for (var round = 0; round < options.Rounds(20); round++)
            {
                await compose.TimeAsync(peer.UpAsync);
                for (var i = 0; i < 5; i++)
                    await pass.TimeAsync(fleet.Device.ReconcileAsync);
                await verb.TimeAsync(() => fleet.Device.EdgeopAsync("reconcile"));
            }

            factor = compose.Median / pass.Median;
            rows.Add(
            [
                $"{modules}",
                Section.Milliseconds(pass.Median), Section.Milliseconds(pass.Percentile(99)), Section.Milliseconds(verb.Median),
                Section.Milliseconds(compose.Median), Section.Milliseconds(compose.Percentile(99)),
                $"{factor:0}×", $"{compose.Median / verb.Median:0.0}×", $"{pass.Count} / {verb.Count} / {compose.Count}",
            ]);
        }

        return new(
            "A pass with nothing to do",
            "From the request to the running agent until its answer: ask Git for something newer, observe, plan, find nothing. "
            + "`edgeop reconcile` is the same with a process started for it. Each side has an engine of its own with the same containers; rounds alternate.",
            ["modules", "agent", "p99", "`edgeop reconcile`", "`docker-compose up -d`", "p99", "agent is faster by", "verb is faster by", "N"],
            rows,
            $"Target: at 100 modules at least 50× faster than docker-compose: {Section.Met(factor >= 50)} ({factor:0}×).");
    }
}
