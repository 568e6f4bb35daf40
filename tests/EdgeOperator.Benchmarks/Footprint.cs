using System.Diagnostics;

namespace EdgeOperator.Benchmarks;

/// <summary>What the agent itself takes with 50 modules at rest.</summary>
internal static class Footprint
{
    private const int Modules = 50;
    private const double Megabyte = 1024 * 1024;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var fleet = await Fleet.StartAsync(options);
        await fleet.SettleAsync(Modules);

        // As a device at rest has it: a fresh start that adopts what runs, and polls Git every minute.
        await fleet.Device.TerminateAsync();
        fleet.Device.Configure(fleet.Source, sourceInterval: "1m");
        await fleet.Device.StartAsync();
        await fleet.Device.SeesAsync("all modules are known", status => status.Resources.Length == Modules);
        await Task.Delay(TimeSpan.FromSeconds(options.Quick ? 5 : 60), TimeProvider.System);

        var span = TimeSpan.FromSeconds(options.Quick ? 20 : 300);
        var (cpu, began) = (ProcessUse.CpuSeconds(fleet.Device.AgentId), Stopwatch.GetTimestamp());
        await Task.Delay(span, TimeProvider.System);
        var load = (ProcessUse.CpuSeconds(fleet.Device.AgentId) - cpu) / Stopwatch.GetElapsedTime(began).TotalSeconds * 100;

        var memory = ProcessUse.Memory(fleet.Device.AgentId);
        var (rss, own, file) = (memory["Rss"], ProcessUse.Private(memory), memory["Private_Clean"]);
        var size = (new FileInfo(options.Executable).Length + new FileInfo($"{options.Executable}-agent").Length) / Megabyte;
        return new(
            "The agent's own weight",
            $"{Modules} modules running, nothing changing, Git polled every minute; one core is 100 %. Processor time of the agent and of the `git` processes it runs, over {span.TotalSeconds:0} s.",
            ["", "measured", "target", ""],
            [
                ["private memory", $"{own:0.0} MB", "40 MB", Section.Met(own <= 40)],
                ["pages of its own files, which the kernel drops when it needs them", $"{file:0.0} MB", "", ""],
                ["resident memory", $"{rss:0.0} MB", "", ""],
                ["processor at rest", $"{load:0.000} %", "0.1 %", Section.Met(load <= 0.1)],
                ["`edgeop` and `edgeop-agent`", $"{size:0.0} MB", "45 MB", Section.Met(size <= 45)],
            ],
            "Private memory is `Private_Dirty` + `Swap` of `smaps_rollup`, the pages of its own files are `Private_Clean`.");
    }
}
