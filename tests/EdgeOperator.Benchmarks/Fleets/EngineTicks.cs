using System.Collections.Immutable;
using System.Diagnostics;
using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Benchmarks.Fleets;

/// <summary>Ticks of the rollout engine alone, over a whole rollout in which a device in a hundred is offline and one in a thousand fails.</summary>
internal static class EngineTicks
{
    private const int Target = 1000;

    private static readonly int[] Sizes = [10_000, 100_000];

    public static Task<Section> MeasureAsync(BenchOptions options)
    {
        var rows = new List<string[]>();
        var slowest = 0.0;
        foreach (var size in Sizes)
        {
            var samples = new Samples();
            var updated = 0;
            for (var round = 0; round < options.Rounds(10) / 3; round++)
                updated = RollOut(size, samples);
            slowest = samples.Percentile(100);
            rows.Add([$"{size:N0}", $"{updated:N0}", $"{samples.Count:N0}", Section.Milliseconds(samples.Median), Section.Milliseconds(samples.Percentile(99)), Section.Milliseconds(slowest)]);
        }

        return Task.FromResult(new Section(
            "Ticks of the rollout engine",
            "`RolloutEngine.Tick` alone: 4 batches, 1,000 stores of which a tenth of the devices may be away, 200 sites in which 20 devices may fetch at once; devices succeed from tick to tick.",
            ["devices", "updated", "ticks", "median", "p99", "slowest"],
            rows,
            $"Target: a tick over 100,000 devices in under 1 s: {Section.Met(slowest < Target)} ({Section.Milliseconds(slowest)})."));
    }

    private static int RollOut(int size, Samples samples)
    {
        var policy = new RolloutPolicy
        {
            Batches = [new("canary", null, new(10, false)), new("tenth", null, new(10, true)), new("half", null, new(50, true))],
            SuccessThreshold = 95,
            DisruptionBudget = new(["store"], new(10, true)),
            MaxConcurrentDownloads = new(20, ["site"]),
        };
        var devices = Enumerable.Range(0, size).Select(i => Device(i)).ToArray();
        var places = devices.Select((device, place) => (device.Name, place)).ToDictionary(device => device.Name, device => device.place);
        var now = DateTimeOffset.UnixEpoch;
        var rollout = RolloutEngine.Start("bench", policy, "new", null, now);
        var told = new List<int>();
        do
        {
            now += TimeSpan.FromSeconds(10);
            var began = Stopwatch.GetTimestamp();
            var step = RolloutEngine.Tick(policy, devices, rollout, now);
            samples.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            rollout = step.Rollout;

            // What was told in the tick before has come to an end by now.
            foreach (var place in told)
                devices[place] = place % 1000 == 7
                    ? devices[place] with { IsReady = false, Failure = "unhealthy" }
                    : devices[place] with { Applied = "new", IsReady = true };
            told.Clear();
            foreach (var action in step.Actions)
            {
                told.Add(places[action.Device]);
                devices[places[action.Device]] = devices[places[action.Device]] with { Assigned = action.Revision };
            }
        }
        while (rollout.State == RolloutState.Progressing);

        return rollout.Devices.Values.Count(device => device.State == DeviceState.Updated);
    }

    private static FleetDevice Device(int i) => new($"device-{i:000000}", ImmutableSortedDictionary<string, string>.Empty.Add("store", $"store-{i % 1000}").Add("site", $"site-{i % 200}").Add("role", "till"))
    {
        IsConnected = i % 100 != 3,
        Assigned = "old",
        Applied = "old",
        IsReady = true,
        IsAvailable = true,
    };
}
