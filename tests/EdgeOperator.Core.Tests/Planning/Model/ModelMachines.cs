using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>
/// Virtual machines in memory, as strict as QEMU is: nothing starts without its image, what needs a restart is not changed by
/// less, and data outlive everything. A guest answers some time after its machine was started, unless its image is bad.
/// </summary>
internal sealed class ModelMachines
{
    private static readonly string Bad = Given.MachineImage("bad").Sha256;

    private readonly SortedDictionary<string, ObservedVirtualMachine> _machines = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Size, string? Provisioned)> _data = [];

    public ImmutableSortedDictionary<string, ObservedVirtualMachine> Observe() =>
        _machines.Values.ToImmutableSortedDictionary(machine => machine.Name, machine => machine with { Images = [.. _images] }, StringComparer.Ordinal);

    /// <summary>Machines whose process is lost, as if it were killed.</summary>
    public void Kill(string name)
    {
        if (_machines.TryGetValue(name, out var machine))
            _machines[name] = machine with { Phase = MachinePhase.Stopped, Guest = null, Detail = "signal 9" };
    }

    public void Settle()
    {
        foreach (var machine in _machines.Values.Where(machine => machine.Phase == MachinePhase.Booting && machine.Applied!.Image!.Sha256 != Bad).ToList())
            _machines[machine.Name] = machine with { Phase = MachinePhase.Running, Guest = new() { BootId = "1", Provisioned = _data[machine.Name].Provisioned } };
    }

    public bool Execute(Step step, DesiredState desired)
    {
        var name = step.Resource.Name;
        var machine = _machines.GetValueOrDefault(name) ?? new() { Name = name, Driver = MachineDriver.Qemu };
        var spec = (desired.Resources.GetValueOrDefault(step.Resource) as VirtualMachineResource)?.Machine;
        switch (step)
        {
            case FetchMachineImage fetch:
                _images.Add(fetch.Image.Sha256);
                _machines[name] = machine;
                return true;
            case StartMachine start:
                _machines[name] = Started(machine, start, spec!);
                return true;
            case StopMachine:
                _machines[name] = machine with { Phase = MachinePhase.Stopped, IsAskedToRun = false, Guest = null, Detail = null };
                return true;
            case ChangeMachine when machine.Phase == MachinePhase.Running:
                Must(machine.Applied! with { DiskSize = 0, Network = new() } == spec!.Shape with { DiskSize = 0, Network = new() }, $"{step.Id} changes what needs a restart");
                _machines[name] = machine with { Applied = Grown(name, spec.Shape) };
                return true;
            case ProvisionMachine provision when machine.Phase == MachinePhase.Running:
                _data[name] = _data[name] with { Provisioned = provision.Provisioning };
                _machines[name] = machine with { Guest = machine.Guest! with { Provisioned = provision.Provisioning } };
                return true;
            case RemoveMachine when machine.Phase == MachinePhase.Stopped:
                return _machines.Remove(name);
            case RemoveMachineImage remove:
                Must(_machines.Values.All(other => other.Applied?.Image?.Sha256 != remove.Sha256), $"{step.Id} is in use");
                return _images.Remove(remove.Sha256);
            default:
                return false;
        }
    }

    private ObservedVirtualMachine Started(ObservedVirtualMachine machine, StartMachine start, VirtualMachineSpec spec)
    {
        var image = spec.Shape.Image!.Sha256;
        Must(_images.Contains(image), $"{start.Id} without its image");
        if (machine.Phase is MachinePhase.Booting or MachinePhase.Running)
            return machine;
        Must(start.FreshSystem || machine.SystemDisk == MachineDiskState.Missing || machine.Applied?.Image?.Sha256 == image, $"{start.Id} from another image's disk");
        return machine with
        {
            Phase = MachinePhase.Booting,
            IsAskedToRun = true,
            Applied = Grown(machine.Name, spec.Shape),
            SystemDisk = MachineDiskState.Good,
            DataDisk = MachineDiskState.Good,
            Detail = null,
        };
    }

    private VirtualMachineConfig Grown(string name, VirtualMachineConfig shape)
    {
        var size = Math.Max(shape.DiskSize, _data.GetValueOrDefault(name).Size);
        _data[name] = (size, _data.GetValueOrDefault(name).Provisioned);
        return shape with { DiskSize = size };
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
