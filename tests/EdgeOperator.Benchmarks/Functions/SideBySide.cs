namespace EdgeOperator.Benchmarks.Functions;

/// <summary>Loads several servers in turns, so that whatever slows the machine slows all of them.</summary>
internal static class SideBySide
{
    /// <returns>The median of each, in the order of <paramref name="urls"/>.</returns>
    public static async Task<Load[]> RunAsync(BenchOptions options, params string[] urls)
    {
        // Until what is compiled while it runs has been.
        var (rounds, seconds, warmUp) = options.Quick ? (1, 4, 6) : (3, 10, 20);
        var loads = urls.Select(_ => new List<Load>()).ToArray();
        foreach (var url in urls)
            await Wrk.RunAsync(url, warmUp);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < urls.Length; i++)
                loads[i].Add(await Wrk.RunAsync(urls[i], seconds));
        }

        return [.. loads.Select(Load.Median)];
    }
}
