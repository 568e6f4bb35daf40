namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>
/// The networks that a running container should be in and is not, or the other way round. Before it starts, the engine itself
/// connects it.
/// </summary>
internal static class NetworkDrift
{
    /// <summary>Of Docker; Podman's is of another name, and not always a network.</summary>
    private const string DefaultNetwork = "bridge";

    private static readonly string[] EngineNetworks = [DefaultNetwork, "podman", "host", "none"];

    /// <summary>Networks of the spec, and of the engine, that somebody disconnected the container from.</summary>
    public static IEnumerable<string> Missing(EdgeModuleResource module, ObservedContainer container, EngineIndex engine)
    {
        if (container.Phase != ContainerPhase.Running)
            return [];
        var wanted = module.Container.UsesDefaultNetwork && container.Networks.IsEmpty ? [DefaultNetwork] : module.Container.Networks;
        return wanted.Where(engine.Observed.Networks.Contains).Except(container.Networks);
    }

    /// <summary>Networks that somebody connected the container to. One that names no network may be in any.</summary>
    public static IEnumerable<string> Surplus(EdgeModuleResource module, ObservedContainer container, EngineIndex engine) =>
        container.Phase != ContainerPhase.Running || module.Container.Networks.IsEmpty
            ? []
            : container.Networks.Where(engine.Observed.Networks.Contains).Except(module.Container.Networks).Except(EngineNetworks);
}
