using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>
/// Modules whose containers live in the network, process or IPC namespace of another container, or mount its volumes. The engine binds
/// such a container to the other one's id, so it is replaced with it, and depends on the module whose container that is, if any.
/// </summary>
internal static class SharedNamespaces
{
    /// <summary>The same state, in which such modules depend on those that they share with.</summary>
    public static DesiredState WithDependencies(DesiredState desired)
    {
        var resources = desired.Resources;
        foreach (var module in desired.Modules.Where(Shares))
        {
            var others = module.Container.Joins.Union(module.Container.VolumesFrom)
                .Select(name => ModuleOf(name, module, desired)?.Id).OfType<ResourceId>().Except(module.DependsOn).ToImmutableArray();
            if (!others.IsEmpty)
                resources = resources.SetItem(module.Id, module with { DependsOn = module.DependsOn.AddRange(others) });
        }

        return resources == desired.Resources ? desired : desired with { Resources = resources };
    }

    /// <summary>The same engine, on which containers have drifted that share with one which no longer has the name.</summary>
    public static ObservedEngine WithDrift(DesiredState desired, string target, ObservedEngine engine)
    {
        EdgeModuleResource[] modules = [.. desired.Modules.Where(module => module.Container.Target == target && Shares(module))];
        if (modules.Length == 0)
            return engine;

        // One may share with another that does so itself.
        for (var round = 0; round < modules.Length; round++)
        {
            var index = new EngineIndex(target, engine);
            var drifted = modules.SelectMany(module => Drifted(module, desired, index)).ToDictionary(found => found.Id);
            if (drifted.Count == 0)
                break;
            engine = engine with { Containers = [.. engine.Containers.Select(container => drifted.GetValueOrDefault(container.Id, container))] };
        }

        return engine;
    }

    /// <summary>Why the container has to be restarted: the namespace in which it lives ended with an earlier run of the other container.</summary>
    public static string? RestartReason(EdgeModuleResource module, ObservedContainer container, DesiredState desired, EngineIndex engine) => module.Container.Joins
        .Where(name => Find(name, module, desired, engine) is { Phase: ContainerPhase.Running } other && other.StartedAfter(container))
        .Select(name => $"the container {name}, in whose network or namespaces it lives, was restarted")
        .FirstOrDefault();

    private static IEnumerable<ObservedContainer> Drifted(EdgeModuleResource module, DesiredState desired, EngineIndex engine) =>
        from container in engine.OwnedBy(module.Id)
        where container.SpecHash == module.SpecHash && container.ReplacementReason is null
        from name in module.Container.Joins.Union(module.Container.VolumesFrom)
        where Find(name, module, desired, engine) is { } other
            ? !(container.SharesWith.Contains(other.Id) || container.SharesWith.Contains(other.Name))
            : Needs(module, name, desired)
        group name by container into found
        select found.Key with { Drift = $"it shares namespaces or volumes with an earlier container {found.First()}" };

    /// <summary>Whether it goes without one of that name: volumes stay when a container that is no module's is removed, namespaces do not.</summary>
    private static bool Needs(EdgeModuleResource module, string name, DesiredState desired) =>
        module.Container.Joins.Contains(name) || ModuleOf(name, module, desired) is not null;

    /// <summary>The container that has the name or, if it is a module's, will have it; null when there is none.</summary>
    private static ObservedContainer? Find(string name, EdgeModuleResource module, DesiredState desired, EngineIndex engine) =>
        ModuleOf(name, module, desired) is { } other ? ModuleContainers.Of(other, engine.OwnedBy(other.Id)).Current : engine.Named(name);

    private static bool Shares(EdgeModuleResource module) => module.Container.Joins.Length + module.Container.VolumesFrom.Length > 0;

    private static EdgeModuleResource? ModuleOf(string name, EdgeModuleResource module, DesiredState desired) =>
        desired.Modules.FirstOrDefault(other => other.Container.Name == name && other.Container.Target == module.Container.Target);
}
