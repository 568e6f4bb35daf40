using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning.Modules;

/// <summary>
/// Modules whose containers live in the network, process or IPC namespace of another module's, or mount its volumes. The engine binds
/// such a container to the other one's id, so it depends on that module, and is replaced with it.
/// </summary>
internal static class SharedNamespaces
{
    /// <summary>The same state, in which such modules depend on those that they share with.</summary>
    public static DesiredState WithDependencies(DesiredState desired)
    {
        var resources = desired.Resources;
        foreach (var module in desired.Modules.Where(Shares))
        {
            var others = Others(module, desired).Select(other => other.Id).Except(module.DependsOn).ToImmutableArray();
            if (!others.IsEmpty)
                resources = resources.SetItem(module.Id, module with { DependsOn = module.DependsOn.AddRange(others) });
        }

        return resources == desired.Resources ? desired : desired with { Resources = resources };
    }

    /// <summary>The same engine, on which containers have drifted that share with a container that is not, or not any more, the other module's.</summary>
    public static ObservedEngine WithDrift(DesiredState desired, string target, ObservedEngine engine)
    {
        ModuleResource[] modules = [.. desired.Modules.Where(module => module.Container.Target == target && Shares(module))];
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

    /// <summary>Why the container has to be started again: the namespace in which it lives ended with an earlier run of the other module's container.</summary>
    public static string? RestartReason(ModuleResource module, ObservedContainer container, DesiredState desired, EngineIndex engine) => Shares(module)
        ? Others(module, desired).Where(other => module.Container.Joins.Contains(other.Container.Name))
            .Where(other => Current(other, engine) is { Phase: ContainerPhase.Running } current && current.StartedAfter(container))
            .Select(other => $"{other.Id}, in whose network or namespaces it lives, was started again")
            .FirstOrDefault()
        : null;

    private static IEnumerable<ObservedContainer> Drifted(ModuleResource module, DesiredState desired, EngineIndex engine) =>
        from container in engine.OwnedBy(module.Id)
        where container.SpecHash == module.SpecHash && container.ReplacementReason is null
        from other in Others(module, desired)
        where Current(other, engine) is not { } current || !(container.SharesWith.Contains(current.Id) || container.SharesWith.Contains(current.Name))
        group other by container into found
        select found.Key with { Drift = $"it shares with a container of {found.First().Id} that is replaced" };

    private static ObservedContainer? Current(ModuleResource module, EngineIndex engine) => ModuleContainers.Of(module, engine.OwnedBy(module.Id)).Current;

    private static bool Shares(ModuleResource module) => module.Container.Joins.Length + module.Container.VolumesFrom.Length > 0;

    /// <summary>The modules among them; other containers are none of the agent's business.</summary>
    private static IEnumerable<ModuleResource> Others(ModuleResource module, DesiredState desired) => desired.Modules.Where(other =>
        other.Container.Target == module.Container.Target
        && (module.Container.Joins.Contains(other.Container.Name) || module.Container.VolumesFrom.Contains(other.Container.Name)));
}
