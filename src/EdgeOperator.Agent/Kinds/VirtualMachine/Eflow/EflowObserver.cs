using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>What EFLOW has, as machines. A host has one at most.</summary>
internal sealed class EflowObserver(EflowProgram program, EflowNotes notes, EflowAccess access, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Passes follow each other closely while something changes, and asking takes seconds: what is no older is not asked for again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private volatile LastObservation? _last;

    public async Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        var known = notes.Current;
        var names = desired.Select(m => m.Id.Name).Concat(known is { Note.IsRemoved: false } ? [known.Value.Machine] : []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
            return [];

        // Whose machine it is already, or else the first one's.
        var owner = known is { } one && names.Contains(one.Machine) ? one.Machine : names[0];
        var others = names.Where(name => name != owner)
            .Select(name => Unavailable(name, $"EFLOW has one machine a host, and on this one it is {owner}: give {name} another driver, or another device"));
        var machine = await ObserveAsync(owner, known?.Note, cancellation);
        if (desired.FirstOrDefault(m => m.Id.Name == owner) is not { } wanted)
            return [machine, .. others];
        var found = Compare(machine, wanted.Machine, known?.Note);
        return [known is { Note.IsAskedToRun: true } && _last?.Observation is { } host ? found with { IsAccessOutdated = !access.IsCurrent(wanted, host) } : found, .. others];
    }

    /// <exception cref="IOException">PowerShell can't be started, or did not end in time.</exception>
    /// <exception cref="EflowException">EFLOW can't be asked.</exception>
    public async Task<EflowObservation> LookAsync(CancellationToken cancellation) =>
        await program.RunAsync(EflowCommands.Observe, Timeout, cancellation) is { } value ? EflowObservation.Of(value) : throw new EflowException("PowerShell's answer is empty");

    /// <summary>Something was done: what was seen before is out of date.</summary>
    public void Forget() => _last = null;

    private async Task<EflowObservation> ObserveHostAsync(CancellationToken cancellation)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < Fresh)
            return last.Observation;
        var host = await LookAsync(cancellation);
        _last = new(host, time.GetTimestamp());
        return host;
    }

    private async Task<ObservedVirtualMachine> ObserveAsync(string name, ManagedMachineState? note, CancellationToken cancellation)
    {
        try
        {
            return await ObserveHostAsync(cancellation) is { IsInstalled: true } host ? Of(name, note, host)
                : Unavailable(name, "EFLOW is not installed: install Azure IoT Edge for Linux on Windows, whose module AzureEFLOW the agent uses");
        }
        catch (Exception e) when (e is IOException or EflowException)
        {
            return Unavailable(name, $"EFLOW can't be asked: {e.Message}");
        }
    }

    private static ObservedVirtualMachine Of(string name, ManagedMachineState? note, EflowObservation host)
    {
        if (host.IsDeployed && note is null)
            return Unavailable(name, "EFLOW's machine was deployed by somebody else, and the agent leaves it alone: uninstall Azure IoT Edge and install it again for a fresh one");
        if (!host.IsDeployed || note is null)
            return new() { Name = name, Driver = MachineDriver.Eflow };
        return new()
        {
            Name = name,
            Driver = MachineDriver.Eflow,
            Phase = !host.IsRunning ? MachinePhase.Stopped : host.Guest is null ? MachinePhase.Booting : MachinePhase.Running,
            Detail = host.IsRunning ? host.Address is { } address ? $"at {address}" : null : $"EFLOW says {host.Power ?? "nothing"}",
            IsAskedToRun = note.IsAskedToRun,
            Applied = note.Shape with { Cpus = host.Cpus ?? note.Shape.Cpus, Memory = host.Memory is { } memory ? (long)memory << 20 : note.Shape.Memory },
            SystemDisk = MachineDiskState.Good,
            DataDisk = MachineDiskState.Good,
            StartedAt = host.IsRunning ? note.StartedAt : null,
            Guest = host.Guest is { Addresses.IsEmpty: true } guest && host.Address is { } at ? guest with { Addresses = [at] } : host.Guest,
        };
    }

    private static ObservedVirtualMachine Compare(ObservedVirtualMachine found, VirtualMachineSpec wanted, ManagedMachineState? note)
    {
        var refusals = EflowLimits.Check(wanted).ToList();
        if (found.Applied is { } applied && (applied.Network.Address != wanted.Shape.Network.Address || applied.Network.Gateway != wanted.Shape.Network.Gateway))
            refusals.Add($"EFLOW can't change the address of a deployed machine: write network.address {applied.Network.Address ?? "none"} and gateway {applied.Network.Gateway ?? "none"}, or uninstall Azure IoT Edge and deploy anew");
        return found with
        {
            Refused = refusals.Count > 0 ? string.Join("; ", refusals) : null,
            Drift = found.Applied is null || note is null ? [] : EflowSettingLines.Drift(wanted, note.Settings),
        };
    }

    private static ObservedVirtualMachine Unavailable(string name, string why) => new() { Name = name, Driver = MachineDriver.Eflow, Unavailable = why };

    private sealed record LastObservation(EflowObservation Observation, long At);
}
