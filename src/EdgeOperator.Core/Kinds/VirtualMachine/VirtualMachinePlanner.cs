using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>
/// What one virtual machine needs. It is changed as it runs where its driver can do so, and otherwise shut down and started in
/// its new configuration. Changes inside wait for a guest that answers.
/// </summary>
internal sealed class VirtualMachinePlanner(PlanningContext context) : KindPlanner
{
    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned)
    {
        var machine = (VirtualMachineResource)resource;
        var found = context.Observed.Machines.GetValueOrDefault(machine.Id.Name) ?? new() { Name = machine.Id.Name, Driver = machine.Machine.Driver };
        if (Refusal(machine, found) is { } refusal)
            return ResourcePlan.Block(refusal);
        if (machine.Machine.Power == MachinePower.Stopped)
            return IsInService(found) ? new() { Switch = [new StopMachine(machine.Id, machine.IsStoppedByOperator ? "an operator has stopped it" : "it should not run")], IsWithdrawal = true } : ResourcePlan.Nothing;

        var fetch = machine.Machine.Shape.Image is { } image && !found.Images.Contains(image.Sha256)
            ? new FetchMachineImage(machine.Id, "its image is not on the device", image)
            : null;
        var steps = Switch(machine, found);
        if (found.DataDisk == MachineDiskState.Damaged && steps.Any(step => step is StartMachine))
            return ResourcePlan.Block(Blocked(machine, BlockedReason.DiskDamaged, $"its data disk can't be used and is never replaced{Because(found)}; repair it, or move it away to begin anew"));
        if (found.StartObstacle is { } obstacle && steps.Any(step => step is StartMachine) && (found.Phase == MachinePhase.Stopped || steps.Any(step => step is StopMachine)))
            return ResourcePlan.Block(Blocked(machine, BlockedReason.PreconditionFailed, obstacle));
        if (found.InteropProblem is { } problem && steps.Any(step => step is StopMachine or ChangeMachine))
            return ResourcePlan.Block(Blocked(machine, BlockedReason.PreconditionFailed, problem));
        return fetch is null && steps.IsEmpty ? ResourcePlan.Nothing : new() { Fetch = fetch, Switch = steps, AwaitsPruneStops = true };
    }

    public override IEnumerable<Step> ShutDown(Resource resource) =>
        context.Observed.Machines.GetValueOrDefault(resource.Id.Name) is { } found && IsInService(found) ? [new StopMachine(resource.Id, "the device is rebooted")] : [];

    public override PrunePlan Prune(PruneContext pruning)
    {
        var orphans = context.Observed.Machines.Values.Where(machine => machine.Unavailable is null && IsMade(machine) && pruning.IsOrphaned(IdOf(machine))).ToList();
        return new()
        {
            Stops = orphans.Where(IsInService).Select(StopOrphan),
            Removals = orphans.Select(RemoveOrphan),
            Garbage = new MachineImages(context).Unused(orphans).Where(step => !pruning.IsBlocked(step.Resource)),
        };
    }

    private static Step StopOrphan(ObservedVirtualMachine machine) => new StopMachine(IdOf(machine), $"{IdOf(machine)} is no longer desired");

    private static Step RemoveOrphan(ObservedVirtualMachine machine) => new RemoveMachine(IdOf(machine), $"{IdOf(machine)} is no longer desired; its data disk stays")
    {
        Requires = IsInService(machine) ? [StopOrphan(machine).Id] : [],
    };

    public static ResourceId IdOf(ObservedVirtualMachine machine) => new(KindNames.VirtualMachine, machine.Name);

    /// <summary>Whether anything is left to be stopped.</summary>
    public static bool IsInService(ObservedVirtualMachine machine) => machine.Phase != MachinePhase.Stopped || machine.IsAskedToRun;

    /// <summary>Whether there is more of it than data.</summary>
    public static bool IsMade(ObservedVirtualMachine machine) => IsInService(machine) || machine.Applied is not null || machine.SystemDisk != MachineDiskState.Missing;

    private BlockedResource? Refusal(VirtualMachineResource machine, ObservedVirtualMachine found)
    {
        var shape = machine.Machine.Shape;
        if (found.Unavailable is { } why)
            return Blocked(machine, BlockedReason.DriverUnavailable, why);
        if (machine.Machine.Driver is not MachineDriver.Auto && found.Driver != machine.Machine.Driver && IsMade(found))
            return Blocked(machine, BlockedReason.MachineRefused, $"it was made by {Word(found.Driver)} and can't be moved to {Word(machine.Machine.Driver)}; remove it first, or give the new one another name");
        if (found.Refused is { } refused)
            return Blocked(machine, BlockedReason.MachineRefused, refused);
        if (found.Driver == MachineDriver.Qemu && shape.Image is null)
            return Blocked(machine, BlockedReason.ImageMissing, $"a machine of QEMU needs an image; add disk.image ({machine.Origin})");
        if (found.Applied?.DiskSize is not { } size || size == shape.DiskSize)
            return null;
        if (context.Inventory.LastGoodDisks.TryGetValue(machine.Id, out var good) && shape.DiskSize < Math.Min(good, size))
            return Blocked(machine, BlockedReason.DiskRefused, $"disk {VirtualMachineChanges.Amounts(good, shape.DiskSize)} is refused: a disk only grows ({machine.Origin})");
        return size < shape.DiskSize && found.Driver == MachineDriver.Eflow
            ? Blocked(machine, BlockedReason.DiskRefused, $"disk {VirtualMachineChanges.Amounts(size, shape.DiskSize)} is refused: EFLOW can't resize the disk of a machine that it has deployed ({machine.Origin})")
            : null;
    }

    private static ImmutableArray<Step> Switch(VirtualMachineResource machine, ObservedVirtualMachine found)
    {
        var changes = VirtualMachineChanges.Of(machine, found);
        var restarts = changes.Where(change => change.NeedsRestart).ToList();
        return found switch
        {
            { Phase: MachinePhase.Stopped, Applied: null, IsAskedToRun: false } => [Start(machine, found, "it is new")],
            { Phase: MachinePhase.Stopped, SystemDisk: MachineDiskState.Damaged } => [Start(machine, found, "its system disk is damaged and is made anew", repair: changes.IsEmpty)],
            { Phase: MachinePhase.Stopped, IsAskedToRun: false } =>
                [Start(machine, found, changes.IsEmpty ? "it does not run" : $"it was stopped, and changes: {VirtualMachineChanges.Describe(changes)}")],
            { Phase: MachinePhase.Stopped } => [Start(machine, found, $"it has ended{Because(found)}", repair: changes.IsEmpty)],
            { Applied: null } => Restart(machine, found, "requires restart because it is not known what it was made like"),
            _ when restarts.Count > 0 => Restart(machine, found, $"requires restart because {VirtualMachineChanges.Describe(restarts)}"),
            { Broken: { } why } => Restart(machine, found, $"requires restart because {why}", repair: true),
            { Phase: MachinePhase.Hung } => Restart(machine, found, "its guest does not answer", repair: true),
            { Phase: MachinePhase.Paused, SystemDisk: MachineDiskState.Damaged } => Restart(machine, found, "its system disk is damaged and is made anew", repair: true),
            { Phase: MachinePhase.Paused } => [Start(machine, found, $"it is paused{Because(found)}", repair: true)],
            { Phase: MachinePhase.Running } => [.. Inside(machine, found, changes)],

            // On its way.
            _ => [.. Access(machine, found)],
        };
    }

    private static IEnumerable<Step> Access(VirtualMachineResource machine, ObservedVirtualMachine found)
    {
        if (found.IsAccessOutdated)
            yield return new GrantMachineAccess(machine.Id, "how it is entered is not recorded, or has changed");
    }

    /// <summary>What can be changed as the machine runs, once its guest answers.</summary>
    private static IEnumerable<Step> Inside(VirtualMachineResource machine, ObservedVirtualMachine found, ImmutableArray<MachineChange> changes)
    {
        foreach (var step in Access(machine, found))
            yield return step;
        if (!changes.IsEmpty)
            yield return new ChangeMachine(machine.Id, $"without a restart: {VirtualMachineChanges.Describe(changes)}", machine.SpecHash);
        if (NeedsProvisioning(machine, found))
            yield return new ProvisionMachine(machine.Id, found.Guest?.Provisioned is null ? "its guest was not provisioned" : "its provisioning changes", machine.Machine.Provisioning.Hash);
    }

    /// <summary>An empty provisioning counts as well: it removes what was put in before.</summary>
    internal static bool NeedsProvisioning(VirtualMachineResource machine, ObservedVirtualMachine found) =>
        found.Guest?.Provisioned != machine.Machine.Provisioning.Hash && (found.Guest?.Provisioned is not null || !machine.Machine.Provisioning.IsEmpty);

    private static ImmutableArray<Step> Restart(VirtualMachineResource machine, ObservedVirtualMachine found, string reason, bool repair = false) =>
        [new StopMachine(machine.Id, reason), Start(machine, found, reason, repair)];

    private static StartMachine Start(VirtualMachineResource machine, ObservedVirtualMachine found, string reason, bool repair = false) =>
        new(machine.Id, reason, machine.SpecHash, NeedsFreshSystem(machine, found), repair);

    /// <summary>A system disk that is not known to belong to the desired image, or can't be used.</summary>
    private static bool NeedsFreshSystem(VirtualMachineResource machine, ObservedVirtualMachine found) =>
        found.SystemDisk == MachineDiskState.Damaged
        || (found.SystemDisk == MachineDiskState.Good && (found.Applied is null || found.Applied.Image?.Sha256 != machine.Machine.Shape.Image?.Sha256));

    private static BlockedResource Blocked(VirtualMachineResource machine, BlockedReason reason, string message) => new(machine.Id, reason, message, Until: null, IsProblem: true);

    private static string Because(ObservedVirtualMachine machine) => machine.Detail is { Length: > 0 } detail ? $": {detail}" : "";

    private static string Word(MachineDriver driver) => driver.ToString().ToLowerInvariant();
}
