using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Containers, networks and images that the agent has on engines and that nothing desires any more.</summary>
internal sealed class EdgeModulePruning(PlanningContext context, PruneContext pruning)
{
    public PrunePlan Plan()
    {
        var containers = context.Engines().All.SelectMany(Orphans).ToList();
        return new()
        {
            Stops = containers.Where(found => ModuleContainers.IsActive(found.Container)).Select(Stop),
            Removals = containers.Select(Remove),
            Garbage = context.Engines().All.SelectMany(Networks).Concat(context.Engines().All.SelectMany(Images)),
        };
    }

    /// <summary>Containers of what nothing desires any more, or desires on another engine.</summary>
    private IEnumerable<OrphanedContainer> Orphans(EngineIndex engine) => engine.Owners
        .Where(owner => Desired(owner) is { } module
            ? module.Container.Target != engine.Target && IsFollowed(owner)
            : pruning.IsOrphaned(owner))
        .Order()
        .SelectMany(owner => engine.OwnedBy(owner)
            .Where(container => !container.PruneDisabled || pruning.IsDesired(owner))
            .OrderBy(container => container.Id, StringComparer.Ordinal)
            .Select(container => new OrphanedContainer(container, engine.Target, Why(owner))));

    /// <summary>Whether a module that has moved will come up where it went, as far as anybody can tell.</summary>
    private bool IsFollowed(ResourceId module) => pruning.PlanOf(module).Blocked is null or { Reason: BlockedReason.EngineUnavailable, IsProblem: false };

    private string Why(ResourceId owner) => Desired(owner) is { } module
        ? $"{owner} should run {(EngineTarget.MachineOf(module.Container.Target) is { } machine ? $"in {machine}" : "on the host")}"
        : $"{owner} is no longer desired";

    private static Step Stop(OrphanedContainer found) =>
        new StopContainer(found.Owner, found.Why, found.Container.Id, Timeout: null) { Target = found.Target };

    private static Step Remove(OrphanedContainer found) => new RemoveContainer(found.Owner, found.Why, found.Container.Id)
    {
        Target = found.Target,
        Requires = ModuleContainers.IsActive(found.Container) ? [Stop(found).Id] : [],
    };

    private IEnumerable<Step> Networks(EngineIndex engine)
    {
        var owned = engine.Observed.OwnedNetworks;
        if (owned.IsEmpty)
            return [];
        var used = DesiredOn(engine).SelectMany(module => module.Container.Networks)
            .Concat(engine.Observed.Containers.SelectMany(container => container.Networks))
            .ToHashSet(StringComparer.Ordinal);
        return owned.Where(network => !used.Contains(network))
            .Select(network => new RemoveNetwork(new("Network", network + EngineTarget.Suffix(engine.Target)), "nothing uses it any more", network) { Target = engine.Target })
            .Where(step => !pruning.IsBlocked(step.Resource));
    }

    private IEnumerable<Step> Images(EngineIndex engine)
    {
        var collectable = context.Inventory.CollectableOn(engine.Target);
        if (collectable.IsEmpty)
            return [];
        var used = engine.Observed.Containers.Select(container => container.ImageId)
            .Concat(DesiredOn(engine).Select(module => engine.Image(module.Container.Image)?.Id).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
        var present = engine.Observed.Images.Values.Select(image => image.Id).ToImmutableSortedSet(StringComparer.Ordinal);
        return present.Where(id => collectable.Contains(id) && !used.Contains(id))
            .Select(id => new RemoveImage(new("Image", id + EngineTarget.Suffix(engine.Target)), "no kept revision names it", id) { Target = engine.Target })
            .Where(step => !pruning.IsBlocked(step.Resource));
    }

    private EdgeModuleResource? Desired(ResourceId owner) => context.Desired.Resources.GetValueOrDefault(owner) as EdgeModuleResource;

    private IEnumerable<EdgeModuleResource> DesiredOn(EngineIndex engine) =>
        context.Desired.Modules.Where(module => module.Container.Target == engine.Target);
}

/// <param name="Target">Whose engine the container is on.</param>
internal sealed record OrphanedContainer(ObservedContainer Container, string Target, string Why)
{
    public ResourceId Owner => Container.Resource!.Value;
}
