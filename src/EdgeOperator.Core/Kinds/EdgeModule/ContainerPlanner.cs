using System.Collections.Immutable;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>
/// What one module needs on its engine. Looks at every container that was ever made for it, so that a device which was interrupted
/// between any two steps goes on from where it stands.
/// </summary>
/// <param name="engine">The module's own.</param>
internal sealed class ContainerPlanner(PlanningContext context, EngineIndex engine)
{
    private const int NameHashLength = 8;

    public ResourcePlan Plan(EdgeModuleResource module) => PlanHere(module).On(engine.Target);

    private ResourcePlan PlanHere(EdgeModuleResource module)
    {
        var spec = module.Container;
        var containers = ModuleContainers.Of(module, engine.OwnedBy(module.Id), ImagePull.PinnedId(module, engine, context.Inventory));
        var name = containers.Current is null ? NameToCreate(module, containers) : spec.Name;
        if ((ForeignContainerAt(spec.Name, module) ?? ForeignContainerAt(name, module)) is { } stranger)
            return ResourcePlan.Block(NameClash(module, stranger));
        if (containers.Current is null && ImagePull.IsMissing(module, engine, context.Inventory))
            return ResourcePlan.Block(ImageMissing(module));

        var (shared, run) = (Shared(module), Switch(module, containers, name));
        if (containers is { Current: not null, Others.Count: 0, Broken.Count: 0 } && shared.IsEmpty && run.IsEmpty)
            return ResourcePlan.Nothing;
        return new()
        {
            Fetch = containers.Current is null ? ImagePull.For(module, engine, context.Inventory) : null,
            Shared = shared,
            Prepare = [.. Clear(module, containers), .. Create(module, containers, name)],
            Switch = run,
            Cleanup = [.. Cleanup(module, containers)],
            IsWithdrawal = spec.Power == ModulePower.Stopped && containers.Current is not null && (!run.IsEmpty || containers.Broken.Count > 0),
        };
    }

    /// <summary>The name of a container that has to be created: its own at once if nothing else has it.</summary>
    private static string NameToCreate(EdgeModuleResource module, ModuleContainers containers)
    {
        var name = module.Container.Name;
        return containers.Others.Any(other => other.Name == name) ? ContainerNames.OfNext(name, Short(module.SpecHash)) : name;
    }

    private ObservedContainer? ForeignContainerAt(string name, EdgeModuleResource module) =>
        engine.Named(name) is { } container && container.Resource != module.Id ? container : null;

    private ImmutableArray<Step> Shared(EdgeModuleResource module)
    {
        var spec = module.Container;
        return engine.HasAll(spec) ? [] :
        [
            .. spec.Networks.Where(network => !engine.Observed.Networks.Contains(network))
                .Select(network => new CreateNetwork(module.Id, "there is no such network", network)),
            .. spec.Volumes.Where(volume => !engine.Observed.Volumes.Contains(volume))
                .Select(volume => new CreateVolume(module.Id, "there is no such volume", volume)),
        ];
    }

    private static IEnumerable<Step> Clear(EdgeModuleResource module, ModuleContainers containers) => containers.Broken.Select(Step (container) =>
        new RemoveContainer(module.Id, container.Phase == ContainerPhase.Dead ? "the container is dead" : "its removal is not complete", container.Id));

    private IEnumerable<Step> Create(EdgeModuleResource module, ModuleContainers containers, string name)
    {
        if (containers.Current is not null)
            return [];
        var image = module.Container.Image;
        var reason = containers.Others switch
        {
            [] => "there is no container",
            [{ SpecHash: var hash } old, ..] when hash == module.SpecHash => old.ReplacementReason ?? $"the revision ran another image of {image}",
            [var old, ..] when old.Image != image => $"the image changes from {old.Image} to {image}",
            _ => "its options change",
        };
        return [new CreateContainer(module.Id, reason, name, module.SpecHash) { ImageId = ImagePull.IdToCreateFrom(module, engine, context.Inventory) }];
    }

    /// <summary>
    /// Puts the current container in the place of the others. Usually they stop before it starts; it starts first when
    /// the manifest wants so.
    /// </summary>
    private ImmutableArray<Step> Switch(EdgeModuleResource module, ModuleContainers containers, string name)
    {
        var (spec, current) = (module.Container, containers.Current);
        ImmutableArray<Step> run = Run(module, current) is { } step ? [step] : [];
        if (containers.Others.Count == 0 && (current?.Name ?? name) == spec.Name)
            return [.. Restore(module, current), .. run];

        var stop = containers.Others.Where(ModuleContainers.IsActive)
            .Select(other => new StopContainer(module.Id, IsDuplicate(module, other) ? other.ReplacementReason ?? "another container serves the module" : "it makes way for the desired container", other.Id, null));
        var rename = Rename(module, containers, name);

        // Once such a container has its own name again, nothing tells that it is still to be started.
        if (spec.Restart == RestartPolicy.Never && IsSetAside(module, current))
            return [.. stop, .. run, .. rename];
        return spec is { UpdateStrategy: UpdateStrategy.StartFirst, Power: ModulePower.Running } && stop.Any()
            ? [.. run, .. AwaitReplacement(module, current), .. stop, .. rename]
            : [.. stop, .. rename, .. Restore(module, current), .. run];
    }

    /// <summary>Undoes what somebody changed of the container, where that goes without another one.</summary>
    private IEnumerable<Step> Restore(EdgeModuleResource module, ObservedContainer? current)
    {
        if (current is null)
            yield break;
        if (!current.ChangedSettings.IsEmpty)
            yield return new UpdateContainer(module.Id, ChangedSetting.Describe(current.ChangedSettings), current.Id, current.ChangedSettings);
        foreach (var network in NetworkDrift.Missing(module, current, engine))
            yield return new ConnectNetwork(module.Id, "somebody disconnected it", current.Id, network);
        foreach (var network in current.ChangedEndpoints)
            yield return new ConnectNetwork(module.Id, "somebody changed its aliases or address there", current.Id, network);
        foreach (var network in NetworkDrift.Surplus(module, current, engine))
            yield return new DisconnectNetwork(module.Id, "somebody connected it", current.Id, network);
    }

    private IEnumerable<Step> AwaitReplacement(EdgeModuleResource module, ObservedContainer? current) =>
        current is not null && EdgeModuleReadiness.AssessContainer(module, current, context.Now).IsReady
            ? []
            : [new AwaitReady(module.Id, "the new container must be ready before the old one stops", Replacement: true)];

    private IEnumerable<Step> Rename(EdgeModuleResource module, ModuleContainers containers, string name)
    {
        var own = module.Container.Name;
        if ((containers.Current?.Name ?? name) == own)
            yield break;
        if (containers.Others.FirstOrDefault(other => other.Name == own) is { SpecHash: var hash, Id: var id } replaced)
        {
            var aside = replaced is { Phase: ContainerPhase.Exited, StartedAt: not null } ? ContainerNames.OfEnded(own, Short(hash)) : ContainerNames.OfPrevious(own, Short(hash));
            yield return new RenameContainer(module.Id, "it gives its name to the desired container", id, FreeName(aside, id));
        }

        yield return new RenameContainer(module.Id, "it takes its place", containers.Current?.Id, own);
    }

    /// <summary>The step that brings the container from its phase to the desired one; null when it is there.</summary>
    private ContainerStep? Run(EdgeModuleResource module, ObservedContainer? current)
    {
        var spec = module.Container;
        if (spec.Power == ModulePower.Stopped)
        {
            return current is not null && ModuleContainers.IsActive(current)
                ? new StopContainer(module.Id, "its desired status is stopped", current.Id, spec.StopTimeout)
                : null;
        }

        return current switch
        {
            null => new StartContainer(module.Id, "it is new", null),
            { Phase: ContainerPhase.Created } => new StartContainer(module.Id, "it was never started", current.Id),
            { Phase: ContainerPhase.Exited, StartedAt: not null } when spec.Restart == RestartPolicy.Never && !IsSetAside(module, current) => null,
            { Phase: ContainerPhase.Exited } when IsSetAside(module, current) => new StartContainer(module.Id, "it comes back", current.Id),
            { Phase: ContainerPhase.Exited } => new StartContainer(module.Id, $"it has exited{(current.ExitCode is { } code ? $" with code {code}" : "")}{(current.OutOfMemory ? " (out of memory)" : "")}", current.Id),
            { Phase: ContainerPhase.Paused } => new StartContainer(module.Id, "it is paused", current.Id),
            { Phase: ContainerPhase.Running } when SharedNamespaces.RestartReason(module, current, context.Desired, engine) is { } reason =>
                new RestartContainer(module.Id, reason, current.Id, spec.StopTimeout),
            // No restart gives it back the network that its health check needs.
            { Phase: ContainerPhase.Running } when NetworkDrift.Missing(module, current, engine).Any() => null,
            { Phase: ContainerPhase.Running, Health: ContainerHealth.Unhealthy } when spec.Restart is RestartPolicy.Always or RestartPolicy.OnUnhealthy =>
                new RestartContainer(module.Id, $"it is unhealthy{(current.HealthDetail is { Length: > 0 } detail ? $": {detail}" : "")}", current.Id, spec.StopTimeout),
            _ => null,
        };
    }

    private IEnumerable<Step> Cleanup(EdgeModuleResource module, ModuleContainers containers)
    {
        var kept = containers.Kept(module, context.Inventory);
        return containers.Others.Where(other => other != kept).Select(other => new RemoveContainer(
            module.Id,
            IsDuplicate(module, other) ? other.ReplacementReason ?? "another container serves the module" : "it was replaced and is no longer needed for a roll-back",
            other.Id));
    }

    /// <summary>Whether a later spec had replaced the container while it ran, and it now comes back.</summary>
    private static bool IsSetAside(EdgeModuleResource module, ObservedContainer? container) =>
        container is not null && ContainerNames.IsPrevious(container.Name, module.Container.Name);

    private static bool IsDuplicate(EdgeModuleResource module, ObservedContainer container) => container.SpecHash == module.SpecHash;

    private string FreeName(string name, string id) => engine.Named(name) is null ? name : $"{name}-{Short(id)}";

    private static string Short(string? hash) => hash is null ? "unknown" : hash.Length > NameHashLength ? hash[..NameHashLength] : hash;

    private static BlockedResource NameClash(EdgeModuleResource module, ObservedContainer stranger)
    {
        var whose = stranger.Resource is { } owner ? $"belongs to {owner}" : "was not made by the agent";
        var message = $"the container {Short(stranger.Id)} ({stranger.Image}) has the name {stranger.Name} and {whose}; rename or remove it, or give the module another name ({module.Origin})";
        return new(module.Id, BlockedReason.NameClash, message, Until: null, IsProblem: true);
    }

    private static BlockedResource ImageMissing(EdgeModuleResource module)
    {
        var message = $"the image {module.Container.Image} is not {EngineTarget.Place(module.Container.Target)}, or has not been verified there, and imagePullPolicy is Never; load it, or allow pulling ({module.Origin})";
        return new(module.Id, BlockedReason.ImageMissing, message, Until: null, IsProblem: true);
    }
}
