using System.Diagnostics;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>From <c>docker rm -f</c> to running again, against remove, create and start by hand.</summary>
internal static class SelfHeal
{
    private const double AllowedMilliseconds = 300;

    /// <summary>So many that each has run for half a minute before it is removed again: what vanishes soon is backed off from.</summary>
    private const int Modules = 50;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var fleet = await Fleet.StartAsync(options);
        await fleet.SettleAsync(Modules);
        var raw = new RawEngine(fleet.Engine);
        await raw.CreateAsync("raw", fleet.Image(1), 0);
        await raw.StartAsync("raw");

        var (agent, byHand) = (new Samples(), new Samples());
        await using var started = await StartEvents.ListenAsync(fleet.Engine);
        for (var round = 0; round < options.Rounds(100); round++)
        {
            var name = Fleet.Name(round % Modules);
            var began = Stopwatch.GetTimestamp();
            var removal = raw.RemoveAsync(name);
            agent.Add(Stopwatch.GetElapsedTime(began, await started.LastOfAsync(name)).TotalMilliseconds);
            await removal;
            await Eventually.TrueAsync("the module is ready", async () => (await fleet.Device.ContainerAsync(name)).IsRunning);

            began = Stopwatch.GetTimestamp();
            await raw.RemoveAsync("raw");
            await raw.CreateAsync("raw", fleet.Image(1), round);
            await raw.StartAsync("raw");
            byHand.Add(Stopwatch.GetElapsedTime(began, await started.LastOfAsync("raw")).TotalMilliseconds);
        }

        var over = agent.Percentile(99) - byHand.Percentile(99);
        return new(
            "Healing a removed container",
            "From the request that removes a running container until the engine says that its successor has started. By hand: remove, create, start, one after the other. Same engine, rounds alternate.",
            ["", "median", "p99", "N"],
            [
                ["agent", Section.Milliseconds(agent.Median), Section.Milliseconds(agent.Percentile(99)), $"{agent.Count}"],
                ["by hand", Section.Milliseconds(byHand.Median), Section.Milliseconds(byHand.Percentile(99)), $"{byHand.Count}"],
            ],
            $"Target: p99 at most {AllowedMilliseconds} ms over the calls by hand: {Section.Met(over <= AllowedMilliseconds)} ({over:+0;-0} ms).");
    }
}
