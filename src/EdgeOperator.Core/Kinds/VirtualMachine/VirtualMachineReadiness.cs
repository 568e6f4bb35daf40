using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Whether a machine is as desired, its guest has answered, and what was to be put into it is there.</summary>
internal static class VirtualMachineReadiness
{
    public static ReadinessReport Assess(VirtualMachineResource machine, ObservedState observed) => observed.Machines.GetValueOrDefault(machine.Id.Name) switch
    {
        { Unavailable: { } why } => Report(machine, ReadinessLevel.Failed, nameof(BlockedReason.DriverUnavailable), why),
        { Refused: { } why } => Report(machine, ReadinessLevel.Failed, nameof(BlockedReason.MachineRefused), why),
        var found when machine.IsStoppedByOperator => Report(machine, ReadinessLevel.Suspended, "Stopped", found is null || !VirtualMachinePlanner.IsInService(found)
            ? $"an operator has stopped it: `edgeop vm start {machine.Id.Name}` starts it"
            : "an operator has stopped it, and it shuts down"),
        var found when machine.Machine.Power == MachinePower.Stopped => found is null || !VirtualMachinePlanner.IsInService(found)
            ? Report(machine, ReadinessLevel.Ready, "Stopped", "it should not run, and does not")
            : Report(machine, ReadinessLevel.Progressing, "Stopping", "it still runs"),
        null or { Phase: MachinePhase.Stopped, Applied: null } => Report(machine, ReadinessLevel.Progressing, "Missing", "it has not been started"),
        { Phase: MachinePhase.Stopped, IsAskedToRun: true } found => Report(machine, ReadinessLevel.Failed, "Ended", $"it has ended{Because(found)}"),
        { Phase: MachinePhase.Stopped } => Report(machine, ReadinessLevel.Progressing, "Stopped", "it does not run"),
        { Phase: MachinePhase.Paused } found => Report(machine, ReadinessLevel.Failed, "Paused", $"it is paused{Because(found)}"),
        { Phase: MachinePhase.Hung } found => Report(machine, ReadinessLevel.Failed, "Hung", $"its guest does not answer{Because(found)}"),
        var found => AssessRunning(machine, found) with { HostDelay = found.StartedAt is { } started && found.WaitedForHost > TimeSpan.Zero ? new(started, found.WaitedForHost) : null },
    };

    private static ReadinessReport AssessRunning(VirtualMachineResource machine, ObservedVirtualMachine found)
    {
        if (found.Applied is null)
            return Report(machine, ReadinessLevel.Progressing, "Outdated", "it is not known what it was made like");
        if (VirtualMachineChanges.Of(machine, found) is { IsEmpty: false } changes)
            return Report(machine, ReadinessLevel.Progressing, "Outdated", $"it is not changed yet: {VirtualMachineChanges.Describe(changes)}");
        if (found.Broken is { } broken)
            return Report(machine, ReadinessLevel.Failed, "Broken", broken);
        if (found is not { Phase: MachinePhase.Running, Guest: { } guest })
            return Report(machine, ReadinessLevel.Progressing, "Booting", $"its guest has not answered yet{Because(found)}");
        if (guest.Problem is { } problem)
            return Report(machine, ReadinessLevel.Failed, "GuestProblem", problem);
        if (found.InteropProblem is { } lacking)
            return Report(machine, ReadinessLevel.Failed, "InteropUnusable", lacking);
        if (guest.DiskFull is { } full)
            return Report(machine, ReadinessLevel.Failed, "DiskFull", full);
        return VirtualMachinePlanner.NeedsProvisioning(machine, found)
            ? Report(machine, ReadinessLevel.Progressing, "Provisioning", "its guest is not provisioned yet")
            : Report(machine, ReadinessLevel.Ready, "Running", VirtualMachineChanges.Surplus(machine, found) is { } surplus ? $"its guest runs; {surplus}" : "its guest runs") with { Since = found.StartedAt };
    }

    private static string Because(ObservedVirtualMachine machine) => machine.Detail is { Length: > 0 } detail ? $": {detail}" : "";

    private static ReadinessReport Report(VirtualMachineResource machine, ReadinessLevel level, string reason, string message) =>
        new(machine.Id, level, reason, message);
}
