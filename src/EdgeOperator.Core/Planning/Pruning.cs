using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// What goes because nothing desires it any more. Only what the agent made, and nothing for good before the revision
/// is committed.
/// </summary>
internal sealed class Pruning
{
    private readonly Situation _situation;
    private readonly Decisions _decisions;
    private readonly Dictionary<ResourceId, Held> _held = [];

    public Pruning(Situation situation, ConfigFilePlanner files, Decisions decisions)
    {
        (_situation, _decisions) = (situation, decisions);
        var containers = situation.Engines.All.SelectMany(Abandoned).ToList();
        var apps = AbandonedApps().ToList();
        var machines = AbandonedMachines().ToList();
        Stops =
        [
            .. containers.Where(found => ModuleContainers.IsActive(found.Container)).Select(Stop),
            .. apps.Where(FunctionAppPlanner.IsInService).Select(Stop),
            .. machines.Where(VirtualMachinePlanner.IsInService).Select(Stop),
        ];
        Removals =
        [
            .. situation.Inventory.Committed ? [.. containers.Select(Remove), .. apps.SelectMany(Remove), .. machines.Select(Remove)] : Array.Empty<Step>(),
            .. decisions.IsFetchable ? Restores(files) : [],
            .. situation.Engines.All.SelectMany(Networks),
            .. situation.Engines.All.SelectMany(Images),
            .. new MachineImages(situation).Unused(machines).Where(step => !IsHeld(step.Resource)),
        ];
    }

    /// <summary>Come first, so that what takes over a port finds it free.</summary>
    public ImmutableArray<Step> Stops { get; }

    /// <summary>Come last. A removal requires its stop.</summary>
    public ImmutableArray<Step> Removals { get; }

    public IEnumerable<Held> Held => _held.Values;

    /// <summary>Containers of what nothing desires any more, or desires on another engine.</summary>
    private IEnumerable<Abandoned> Abandoned(EngineIndex engine) => engine.Owners
        .Where(owner => _situation.Desired.Resources.GetValueOrDefault(owner) is EdgeModuleResource module
            ? module.Container.Target != engine.Target && IsFollowed(owner)
            : !_situation.Desired.Resources.ContainsKey(owner) && !_situation.Inventory.Retained.Contains(owner) && !IsHeld(owner))
        .Order()
        .SelectMany(owner => engine.OwnedBy(owner)
            .Where(container => !container.PruneDisabled || _situation.Desired.Resources.ContainsKey(owner))
            .OrderBy(container => container.Id, StringComparer.Ordinal)
            .Select(container => new Abandoned(container, engine.Target, Why(owner))));

    /// <summary>Whether a module that has moved will come up where it went, as far as anybody can tell.</summary>
    private bool IsFollowed(ResourceId module) => _decisions[module].Held is null or { Reason: HoldReason.EngineUnavailable, IsProblem: false };

    private string Why(ResourceId owner) => _situation.Desired.Resources.GetValueOrDefault(owner) is EdgeModuleResource module
        ? $"{owner} is to run {(EngineTarget.MachineOf(module.Container.Target) is { } machine ? $"in {machine}" : "on the host")}"
        : $"{owner} is no longer desired";

    private static StopContainer Stop(Abandoned found) =>
        new(found.Owner, found.Why, found.Container.Id, Timeout: null) { Target = found.Target };

    private static RemoveContainer Remove(Abandoned found) => new(found.Owner, found.Why, found.Container.Id)
    {
        Target = found.Target,
        Requires = ModuleContainers.IsActive(found.Container) ? [Stop(found).Id] : [],
    };

    private IEnumerable<ObservedFunctionApp> AbandonedApps() => _situation.Observed.Apps.Values.Where(app =>
        FunctionAppPlanner.IdOf(app) is var id
        && !_situation.Desired.Resources.ContainsKey(id) && !_situation.Inventory.Retained.Contains(id)
        && (FunctionAppPlanner.IsInService(app) || !app.Packages.IsEmpty) && !IsHeld(id));

    private static Step Stop(ObservedFunctionApp app) => new StopApp(FunctionAppPlanner.IdOf(app), $"{FunctionAppPlanner.IdOf(app)} is no longer desired");

    private static IEnumerable<Step> Remove(ObservedFunctionApp app) => app.Packages.Select(package =>
        new RemoveGeneration(FunctionAppPlanner.IdOf(app), $"{FunctionAppPlanner.IdOf(app)} is no longer desired", package)
        {
            Requires = FunctionAppPlanner.IsInService(app) ? [Stop(app).Id] : [],
        });

    private IEnumerable<ObservedVirtualMachine> AbandonedMachines() => _situation.Observed.Machines.Values.Where(machine =>
        VirtualMachinePlanner.IdOf(machine) is var id
        && !_situation.Desired.Resources.ContainsKey(id) && !_situation.Inventory.Retained.Contains(id)
        && machine.Unavailable is null && VirtualMachinePlanner.IsMade(machine) && !IsHeld(id));

    private static Step Stop(ObservedVirtualMachine machine) => new StopMachine(VirtualMachinePlanner.IdOf(machine), $"{VirtualMachinePlanner.IdOf(machine)} is no longer desired");

    private static Step Remove(ObservedVirtualMachine machine) => new RemoveMachine(VirtualMachinePlanner.IdOf(machine), $"{VirtualMachinePlanner.IdOf(machine)} is no longer desired; its data disk stays")
    {
        Requires = VirtualMachinePlanner.IsInService(machine) ? [Stop(machine).Id] : [],
    };

    private IEnumerable<Step> Restores(ConfigFilePlanner files)
    {
        foreach (var file in files.Abandoned())
        {
            var owner = file.WrittenFor!.Value;
            if (_situation.Desired.Resources.ContainsKey(owner) ? _decisions[owner].Held is not null : IsHeld(owner))
                continue;
            if (file.Refused is { } refusal)
                _held.TryAdd(owner, ConfigFilePlanner.PathRefused(owner, file.Path, refusal));
            else
                yield return new RestoreFile(owner, $"{owner} no longer asks for it", file.Path);
        }
    }

    private IEnumerable<Step> Networks(EngineIndex engine)
    {
        var owned = engine.Observed.OwnedNetworks;
        if (!_situation.Inventory.Committed || owned.IsEmpty)
            return [];
        var used = Desired(engine).SelectMany(module => module.Container.Networks)
            .Concat(engine.Observed.Containers.SelectMany(container => container.Networks))
            .ToHashSet(StringComparer.Ordinal);
        return owned.Where(network => !used.Contains(network))
            .Select(network => new RemoveNetwork(new("Network", network + EngineTarget.Suffix(engine.Target)), "nothing uses it any more", network) { Target = engine.Target })
            .Where(step => !IsHeld(step.Resource));
    }

    private IEnumerable<Step> Images(EngineIndex engine)
    {
        var collectable = _situation.Inventory.CollectableOn(engine.Target);
        if (!_situation.Inventory.Committed || collectable.IsEmpty)
            return [];
        var used = engine.Observed.Containers.Select(container => container.ImageId)
            .Concat(Desired(engine).Select(module => engine.Image(module.Container.Image)?.Id).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
        var present = engine.Observed.Images.Values.Select(image => image.Id).ToImmutableSortedSet(StringComparer.Ordinal);
        return present.Where(id => collectable.Contains(id) && !used.Contains(id))
            .Select(id => new RemoveImage(new("Image", id + EngineTarget.Suffix(engine.Target)), "no kept revision names it", id) { Target = engine.Target })
            .Where(step => !IsHeld(step.Resource));
    }

    private IEnumerable<EdgeModuleResource> Desired(EngineIndex engine) =>
        _situation.Desired.Modules.Where(module => module.Container.Target == engine.Target);

    private bool IsHeld(ResourceId id)
    {
        var hold = _situation.Inventory.Suspended.Contains(id) ? Situation.Suspended(id) : _situation.BackOff(id, specHash: "");
        if (hold is not null)
            _held.TryAdd(id, hold);
        return hold is not null;
    }
}

/// <summary>A container that goes.</summary>
/// <param name="Target">Whose engine it is on.</param>
internal sealed record Abandoned(ObservedContainer Container, string Target, string Why)
{
    public ResourceId Owner => Container.Resource!.Value;
}
