using System.Globalization;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Machines;

/// <summary>What a virtual machine costs beside its own memory.</summary>
internal static class AgentMemory
{
    private const int Machines = 2;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        await using var machines = await BenchMachines.StartAsync(options, await GuestImage.MinimalAsync());
        var rows = new List<string[]>();
        await machines.RunAsync(0, Machines);
        double? none = null;
        var each = 0.0;
        for (var running = 0; running <= Machines; running++)
        {
            await machines.RunAsync(running, Machines);
            await Task.Delay(TimeSpan.FromSeconds(options.Quick ? 5 : 60), TimeProvider.System);
            var agent = ProcessUse.Private(machines.Device.AgentId);
            none ??= agent;
            each = running == 0 ? 0 : (agent - none.Value) / running;
            var connection = running == 0 ? 0 : ProcessUse.Private(int.Parse(File.ReadAllText(Path.Combine(machines.FolderOf(0), "bridge", "process")).Split(' ')[0], CultureInfo.InvariantCulture));
            rows.Add([$"{running}", $"{agent:0.0} MB", running == 0 ? "" : $"{each:0.0} MB", running == 0 ? "" : $"{connection:0.0} MB"]);
        }

        return new(
            "Memory beside the machines",
            "Private memory (`Private_Dirty` + `Swap`) of the agent with machines at rest, and of the ssh connection that is kept for each.",
            ["machines that run", "agent", "more for each", "its connection"],
            rows,
            $"A machine at rest takes {each:0.0} MB of the agent.");
    }
}
