using System.Collections.Concurrent;
using System.Net.Sockets;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>A system whose machines boot when a test says so, and have an engine that runs on this machine.</summary>
/// <param name="engineSocket">The path of that engine's socket.</param>
internal sealed class PlayedMachines(string engineSocket) : IMachineDriver
{
    private readonly ConcurrentDictionary<string, ObservedVirtualMachine> _machines = new();
    private volatile Action<string>? _changed;

    public MachineDriver Kind => MachineDriver.Qemu;

    public MachinePhase PhaseOf(string machine) => _machines.GetValueOrDefault(machine)?.Phase ?? MachinePhase.Stopped;

    /// <summary>The guest answers from now on.</summary>
    public void Boots(string machine)
    {
        _machines[machine] = _machines[machine] with { Phase = MachinePhase.Running, Guest = new() { BootId = $"{Guid.NewGuid()}", Engine = "20.10" } };
        _changed?.Invoke($"the machine {machine} has news");
    }

    public Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        foreach (var machine in desired)
            _machines.TryAdd(machine.Id.Name, new() { Name = machine.Id.Name, Driver = Kind });
        return Task.FromResult<IReadOnlyList<ObservedVirtualMachine>>(
            [.. _machines.Values.Select(machine => machine with { Images = [.. desired.Select(wanted => wanted.Machine.Shape.Image!.Sha256)] })]);
    }

    public Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        var name = step.Resource.Name;
        switch (step)
        {
            case StartMachine:
                _machines[name] = _machines[name] with
                {
                    Phase = MachinePhase.Booting,
                    IsAskedToRun = true,
                    Applied = machine!.Machine.Shape,
                    SystemDisk = MachineDiskState.Good,
                    DataDisk = MachineDiskState.Good,
                    StartedAt = TimeProvider.System.GetUtcNow(),
                };
                break;
            case StopMachine:
                _machines[name] = _machines[name] with { Phase = MachinePhase.Stopped, IsAskedToRun = false, Guest = null };
                break;
            case RemoveMachine:
                _machines.TryRemove(name, out _);
                break;
            default:
                break;
        }

        return Task.FromResult<StepOutcome>(new StepOutcome.Succeeded());
    }

    public EngineEndpoint? EngineOf(string machine) => new($"unix://{engineSocket}");

    public async Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, port, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation) => Task.CompletedTask;

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }
}
