using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Benchmarks.Machines;

/// <summary>A device whose manifests name some virtual machines of one image.</summary>
internal sealed class BenchMachines : IAsyncDisposable
{
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(5);

    private readonly TempFolder _source = new("vmb");
    private readonly GuestImage _image;
    private readonly int _memory;
    private readonly string _spec;

    private BenchMachines(BenchOptions options, GuestImage image, int memory, Func<Device, string> spec)
    {
        (_image, _memory) = (image, memory);
        Device = new(options.Executable, engine: null, _source, new() { Deadline = "5m" });
        _spec = spec(Device);
    }

    public Device Device { get; }

    /// <param name="spec">More fields of each machine's spec, as YAML.</param>
    public static async Task<BenchMachines> StartAsync(BenchOptions options, GuestImage image, int memory = 256, Func<Device, string>? spec = null)
    {
        var machines = new BenchMachines(options, image, memory, spec ?? (_ => ""));
        await machines.Device.StartAsync();
        return machines;
    }

    /// <summary>Asks for so many machines that run, all others being stopped, and waits until that is so.</summary>
    public async Task RunAsync(int running, int all)
    {
        for (var i = 0; i < all; i++)
        {
            var power = i < running ? "running" : "stopped";
            _source.Write($"vm{i}.yaml", Manifests.VirtualMachine($"vm{i}", _image, $"power: {power}\nstopTimeout: 20s\n{_spec}", _memory, disk: 1024));
        }

        await Device.ReconcileAsync();
        await Device.SeesAsync(
            $"{running} of {all} machines run",
            status => status.Resources.Length == all
                && status.Resources.All(r => r.Conditions.Is(Condition.Ready))
                && status.Resources.Count(r => r.State == "running") == running,
            Boot);
    }

    /// <summary>Waits until the container engine inside of a machine has answered.</summary>
    public Task EngineAnswersAsync(int machine) => Eventually.TrueAsync(
        "its engine answers",
        async () => (await Device.EdgeopAsync("describe", "VirtualMachine", $"vm{machine}")).Output.Contains("\nEngine ", StringComparison.Ordinal),
        Boot);

    /// <summary>The folder of a machine.</summary>
    public string FolderOf(int machine) => Path.Combine(Device.StateFolder, "vms", $"vm{machine}");

    /// <summary>The command line of plain ssh over the connection that the agent keeps.</summary>
    public string Ssh(int machine) => $"ssh -F {FolderOf(machine)}/bridge/config guest";

    /// <summary>The command line of <c>edgeop vm exec</c>.</summary>
    public string Exec(int machine) => $"{Device.Edgeop} --config {Device.ConfigurationFile} vm exec vm{machine} --";

    public async ValueTask DisposeAsync()
    {
        await Device.DisposeAsync();
        _source.Dispose();
    }
}
