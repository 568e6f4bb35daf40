using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Machines;

/// <summary>Bytes through a command's pipes, beside plain ssh over the same shared connection.</summary>
internal static class Throughput
{
    private const int Megabytes = 100;
    private const double Target = 0.9;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var machines = await BenchMachines.StartAsync(options, await GuestImage.MinimalAsync());
        await machines.RunAsync(1, 1);
        var rows = new List<string[]>();
        var worst = double.MaxValue;
        foreach (var (direction, pipe) in new[]
        {
            ("host → guest", "head -c {1}000000 /dev/zero | {0} sh -c 'cat >/dev/null'"),
            ("guest → host", "{0} head -c {1}000000 /dev/zero | cat >/dev/null"),
        })
        {
            // What ssh sends is a line for the guest's shell; edgeop sends its arguments as they are.
            var plain = Line(pipe.Replace("sh -c 'cat >/dev/null'", "'cat >/dev/null'", StringComparison.Ordinal), machines.Ssh(0));
            Samples[] samples = [new(), new()];
            for (var i = 0; i < options.Rounds(10); i++)
            {
                await samples[0].TimeAsync(() => Shell.RunAsync("bash", "-o", "pipefail", "-c", plain));
                await samples[1].TimeAsync(() => Shell.RunAsync("bash", "-o", "pipefail", "-c", Line(pipe, machines.Exec(0))));
            }

            var (ssh, exec) = (Megabytes * 1000.0 / samples[0].Median, Megabytes * 1000.0 / samples[1].Median);
            worst = Math.Min(worst, exec / ssh);
            rows.Add([direction, $"{ssh:0} MB/s", $"{exec:0} MB/s", $"{exec / ssh:0.00}×"]);
        }

        return new(
            "Pipes",
            $"{Megabytes} MB through a command's standard input and output, in turns; medians.",
            ["", "`ssh`", "`edgeop vm exec`", "of ssh"],
            rows,
            $"Target: at least {Target:0.0}×: {Section.Met(worst >= Target)}.");
    }

    private static string Line(string pipe, string program) =>
        pipe.Replace("{0}", program, StringComparison.Ordinal).Replace("{1}", $"{Megabytes}", StringComparison.Ordinal);
}
