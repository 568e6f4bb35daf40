using System.Globalization;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>A hub that knows many devices: its start, and queries over all of them.</summary>
internal static class ManyTwins
{
    private const string Indexed = "SELECT deviceId FROM devices WHERE tags.site = 's77'";
    private const string Unindexed = "SELECT deviceId FROM devices WHERE properties.reported.edgeoperator.n = 77";

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        var devices = options.Quick ? 10_000 : 100_000;
        var rows = new List<string[]>();
        foreach (var open in (Func<Task<BenchStore>>[])[BenchStore.SqliteAsync, BenchStore.PostgresAsync])
        {
            await using var store = await open();
            await using var hub = await BenchHub.StartAsync(options, store.Configuration);
            await hub.StopAsync();
            await store.FillAsync(hub, devices);
            var start = await hub.StartProcessAsync();
            rows.Add([store.Name, Section.Milliseconds(start), await QueryAsync(hub, Indexed, devices / 1000, 20), await QueryAsync(hub, Unindexed, devices / 1000, 3)]);
        }

        return new(
            $"{devices.ToString("#,0", CultureInfo.InvariantCulture)} devices",
            "Twins of about a kilobyte. The start is that of the process until it listens. Both queries find one of a thousand devices: one by a tag, which is indexed, one by a reported property, which is not.",
            ["store", "start", "query by a tag", "query by a reported property"],
            rows,
            "Times are medians, over HTTPS.");
    }

    private static async Task<string> QueryAsync(BenchHub hub, string query, int expected, int rounds)
    {
        var samples = new Samples();
        for (var round = 0; round <= rounds; round++)
        {
            var found = 0;
            var time = new Samples();
            await time.TimeAsync(async () => found = (await hub.CallAsync("POST", "devices/query", $$"""{"query":"{{query}}"}"""))!.AsArray().Count);
            if (found != expected)
                throw new InvalidOperationException($"{query} found {found} devices, not {expected}");
            if (round > 0)
                samples.Add(time.Median);
        }

        return Section.Milliseconds(samples.Median);
    }
}
