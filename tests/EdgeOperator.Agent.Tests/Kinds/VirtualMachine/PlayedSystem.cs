using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine;

/// <summary>A system whose machines are as a test says.</summary>
internal sealed class PlayedSystem(MachineDriver kind) : IMachineDriver
{
    public MachineDriver Kind => kind;

    public string? Unavailable { get; set; }

    /// <summary>What is there whether it is desired or not.</summary>
    public List<ObservedVirtualMachine> Machines { get; } = [];

    /// <summary>Ids of steps, as they came.</summary>
    public List<string> Done { get; } = [];

    public Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ObservedVirtualMachine>>(
        [
            .. Machines,
            .. desired.Where(machine => Machines.All(known => known.Name != machine.Id.Name))
                .Select(machine => new ObservedVirtualMachine { Name = machine.Id.Name, Driver = kind, Unavailable = Unavailable }),
        ]);

    public Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        Done.Add(step.Id);
        return Task.FromResult<StepOutcome>(new StepOutcome.Succeeded());
    }

    public EngineEndpoint? EngineOf(string machine) => new($"unix:///run/{machine}.sock");

    public async Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation) =>
        await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{kind} {machine}"), cancellation);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
