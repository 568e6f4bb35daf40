using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>One system that runs virtual machines: QEMU, EFLOW, WSL. It decides nothing, and names machines as the manifests do.</summary>
internal interface IMachineDriver
{
    MachineDriver Kind { get; }

    /// <summary>Where an operator learns why a machine's engine can't be reached.</summary>
    static string Remedy(string machine) => $"see edgeop describe {KindNames.VirtualMachine}/{machine}";

    /// <summary>Changes nothing. Every machine that this system has and that the agent made; those of <paramref name="desired"/> too that it could have.</summary>
    Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation);

    /// <summary>Called with every observation that the loop goes by: only a difference to it is reported.</summary>
    /// <param name="observed">This system's machines.</param>
    /// <param name="desired">As for <see cref="ObserveAsync"/>.</param>
    Task FollowAsync(IReadOnlyCollection<ObservedVirtualMachine> observed, IReadOnlyCollection<VirtualMachineResource> desired) => Task.CompletedTask;

    /// <summary>Carries one step out, idempotently; failures are outcomes, not exceptions.</summary>
    /// <param name="machine">What is desired; null for a step on a machine that is not desired any more.</param>
    /// <param name="desired">All that are desired and that this system could have: some systems have settings that its machines share.</param>
    Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation);

    /// <summary>Called with every plan's fetches before it is executed: others may be cancelled.</summary>
    void Expect(IReadOnlyCollection<FetchMachineImage> fetches)
    {
    }

    /// <summary>What is under way on a machine; null when nothing is.</summary>
    string? ActivityOf(string machine) => null;

    /// <summary>Null for a system that has none.</summary>
    IMachineSnapshots? Snapshots => null;

    /// <inheritdoc cref="EdgeModule.IGuests.EngineOf"/>
    EngineEndpoint? EngineOf(string machine);

    /// <summary>Connects to an address as it is seen from inside of a machine: probes of containers there go this way.</summary>
    /// <exception cref="IOException">Nobody listens there, or the guest can't be entered; the message says which.</exception>
    Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation) => Task.FromException<Stream>(
        new IOException($"the host can't reach ports inside of a machine of {Kind}: give the module health.exec, which its engine checks by itself"));

    /// <inheritdoc cref="EdgeModule.IGuests.MemoryOf"/>
    IMemoryFiles MemoryOf(string machine) => new NoMemoryFiles(Kind);

    /// <summary>Writes what the machine's console showed.</summary>
    /// <param name="follow">Go on until the machine ends.</param>
    /// <param name="tail">Lines from the end to begin with; null for all that is kept.</param>
    /// <exception cref="ControlException">There is no console.</exception>
    Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation);

    /// <summary>Runs a command in a guest.</summary>
    /// <inheritdoc cref="IExecTarget.ExecAsync"/>
    Task<int> ExecAsync(string machine, ExecRequest request, ExecFrames client, CancellationToken cancellation) =>
        throw new ControlException("NotSupported", $"the agent can't run commands in machines of {Kind}: `edgeop vm exec` can, on the device");

    /// <summary>Calls <paramref name="changed"/> with a few words of why whenever a pass may be due. Runs until cancelled.</summary>
    Task WatchAsync(Action<string> changed, CancellationToken cancellation);
}
