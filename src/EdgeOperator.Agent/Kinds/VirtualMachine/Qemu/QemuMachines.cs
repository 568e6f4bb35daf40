using System.Collections.Concurrent;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The machines that there are, that are desired, or that a step is about to create.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuMachines(QemuHost host, MachineFolders folders, Action<string> changed) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, QemuMachine> _machines = new(StringComparer.Ordinal);

    /// <summary>A machine by its name, which need not be there: the object opens what it needs when that is used.</summary>
    public QemuMachine this[string name] => _machines.GetOrAdd(name, _ => new(folders[name], host, changed));

    /// <summary>Those that the last pass saw in any phase but stopped.</summary>
    public IEnumerable<QemuMachine> Started => _machines.Values.Where(machine => machine.Last is { Observed.Phase: not MachinePhase.Stopped });

    /// <summary>Remembers what a pass observed, and disposes the machines that it did not find.</summary>
    public async Task FollowAsync(IReadOnlyCollection<ObservedVirtualMachine> observed, IReadOnlyCollection<VirtualMachineResource> desired)
    {
        foreach (var name in _machines.Keys.Except(observed.Select(machine => machine.Name), StringComparer.Ordinal))
        {
            if (_machines.TryRemove(name, out var machine))
                await machine.DisposeAsync();
        }

        var resources = desired.ToDictionary(machine => machine.Id.Name, StringComparer.Ordinal);
        foreach (var machine in observed)
            this[machine.Name].Last = new(machine, resources.GetValueOrDefault(machine.Name));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines.Values)
            await machine.DisposeAsync();
    }
}
