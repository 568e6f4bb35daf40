using System.Globalization;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Machines;

/// <summary>From the manifest that wants a machine to run until its guest has answered.</summary>
internal static class BootToReady
{
    private const double EmulatedTarget = 15;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        var rows = new List<string[]>();
        var slowest = 0.0;
        foreach (var (name, image, memory, hasEngine) in await ImagesAsync())
        {
            await using var machines = await BenchMachines.StartAsync(options, image, memory);
            await machines.RunAsync(1, 1);
            var (samples, engine) = (new Samples(), new Samples());
            for (var i = 0; i < options.Rounds(10); i++)
            {
                await machines.RunAsync(0, 1);
                await engine.TimeAsync(async () =>
                {
                    await samples.TimeAsync(() => machines.RunAsync(1, 1));
                    if (hasEngine)
                        await machines.EngineAnswersAsync(0);
                });
            }

            slowest = Math.Max(slowest, samples.Median / 1000);
            var size = new FileInfo(image.Path).Length / (1024.0 * 1024);
            rows.Add([name, $"{size:0} MB", $"{memory} MiB", Seconds(samples.Median), Seconds(samples.Percentile(100)), hasEngine ? Seconds(engine.Median) : ""]);
        }

        return new(
            "Boot to ready",
            $"From `power: running` in the manifest until the machine is Ready, its first boot not counted; 1 processor, {(File.Exists("/dev/kvm") ? "as QEMU chose (KVM or emulation)" : "emulated (TCG)")}.",
            ["guest", "image", "memory", "median", "slowest", "its engine answers"],
            rows,
            $"Target under emulation: at most {EmulatedTarget:0} s: {Section.Met(slowest <= EmulatedTarget)}.");
    }

    private static async Task<(string Name, GuestImage Image, int Memory, bool HasEngine)[]> ImagesAsync() =>
    [
        ("minimal", await GuestImage.MinimalAsync(), 256, false),
        ("with the container engine", await GuestImage.FullAsync(), 1024, true),
    ];

    private static string Seconds(double milliseconds) => (milliseconds / 1000).ToString("0.0 s", CultureInfo.InvariantCulture);
}
