using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Machines;

/// <summary>A command that does nothing, beside plain ssh over the same shared connection.</summary>
internal static class RoundTrip
{
    private const double Target = 1.3;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var machines = await BenchMachines.StartAsync(options, await GuestImage.MinimalAsync());
        await machines.RunAsync(1, 1);
        string[] commands = [$"{machines.Ssh(0)} true", $"{machines.Exec(0)} true"];
        Samples[] samples = [new(), new()];
        foreach (var command in commands)
            await Shell.RunAsync("sh", "-c", command);
        for (var i = 0; i < options.Rounds(200); i++)
        {
            for (var which = 0; which < commands.Length; which++)
                await samples[which].TimeAsync(() => Shell.RunAsync("sh", "-c", $"exec {commands[which]}"));
        }

        var ratio = samples[1].Median / samples[0].Median;
        return new(
            "A command in the guest",
            $"`true`, one after the other, both over the connection that the agent keeps, {samples[0].Count} times each in turns; processes from their start to their end.",
            ["", "median", "p99", "of ssh"],
            [
                ["`ssh`", Section.Milliseconds(samples[0].Median), Section.Milliseconds(samples[0].Percentile(99)), ""],
                ["`edgeop vm exec`", Section.Milliseconds(samples[1].Median), Section.Milliseconds(samples[1].Percentile(99)), $"{ratio:0.00}×"],
            ],
            $"Target: at most {Target:0.0}×: {Section.Met(ratio <= Target)}.");
    }
}
