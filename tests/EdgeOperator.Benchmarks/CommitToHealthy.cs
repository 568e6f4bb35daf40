using System.Diagnostics;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>From a commit until every changed module runs, against the same calls made by hand.</summary>
internal static class CommitToHealthy
{
    private const int Modules = 10;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var fleet = await Fleet.StartAsync(options);
        await fleet.SettleAsync(Modules);
        var raw = new RawEngine(fleet.Engine);
        var names = Enumerable.Range(0, Modules).Select(i => $"raw-{i:000}").ToArray();
        await raw.PullAsync(fleet.Image(1));
        foreach (var name in names)
        {
            await raw.CreateAsync(name, fleet.Image(1), 0);
            await raw.StartAsync(name);
        }

        var rows = new List<string[]>();
        var factors = new List<double>();
        var generation = 1;
        foreach (var changed in (int[])[1, Modules])
        {
            var (agent, sequence, parallel) = (new Samples(), new Samples(), new Samples());
            for (var round = 0; round < options.Rounds(20); round++, generation++)
            {
                agent.Add(await UpdateAsync(fleet, changed, generation));

                await sequence.TimeAsync(async () =>
                {
                    foreach (var name in names[..changed])
                        await raw.ReplaceAsync(name, fleet.Image(1), generation);
                });
                await RemovePreviousAsync(raw, names[..changed]);

                await parallel.TimeAsync(() => Task.WhenAll(names[..changed].Select(name => raw.ReplaceAsync(name, fleet.Image(1), generation))));
                await RemovePreviousAsync(raw, names[..changed]);
            }

            factors.Add(agent.Median / parallel.Median);
            rows.Add(
            [
                $"{changed}",
                Section.Milliseconds(agent.Median), Section.Milliseconds(agent.Percentile(99)),
                Section.Milliseconds(sequence.Median), Section.Milliseconds(parallel.Median), Section.Milliseconds(parallel.Percentile(99)),
                $"{factors[^1]:0.00}×", $"{agent.Count}",
            ]);
        }

        return new(
            "From a commit to all healthy",
            $"{Modules} modules, some of them changed. The agent: from the end of `git commit` (and a request to look now) until the last changed container has started: "
            + "fetch, read, plan, pull, replace. By hand: pull, create, stop, rename twice, start, and no Git. Same engine, rounds alternate; the stable time that follows is not counted.",
            ["changed", "agent", "p99", "by hand, in sequence", "by hand, in parallel", "p99", "agent / parallel", "N"],
            rows,
            $"Target: at most 1.2× the calls in parallel: {Section.Met(factors.Max() <= 1.2)} ({string.Join(" and ", factors.Select(f => $"{f:0.00}×"))}).");
    }

    private static async Task<double> UpdateAsync(Fleet fleet, int changed, int generation)
    {
        await using var started = await StartEvents.ListenAsync(fleet.Engine);
        var commit = await fleet.CommitAsync(Modules, changed, generation);
        var began = Stopwatch.GetTimestamp();
        var request = fleet.Device.ReconcileAsync();
        var last = await started.LastOfAsync([.. Enumerable.Range(0, changed).Select(Fleet.Name)]);
        await request;
        await fleet.Device.ReachesAsync(commit);
        await Eventually.TrueAsync("what was replaced is gone", async () => (await fleet.Device.ContainersAsync()).Count == Modules);
        return Stopwatch.GetElapsedTime(began, last).TotalMilliseconds;
    }

    private static Task RemovePreviousAsync(RawEngine raw, string[] names) => Task.WhenAll(names.Select(name => raw.RemoveAsync($"{name}.prev")));
}
