using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>
/// One thing that a device should have, read from a manifest, rendered and validated: ready to be planned.
/// Each kind adds its own.
/// </summary>
public abstract record Resource
{
    private protected Resource()
    {
    }

    public required ResourceId Id { get; init; }

    /// <summary>Where the manifest stands, for messages.</summary>
    public required Position Origin { get; init; }

    /// <summary>Resources that must be Ready before this one is touched; for a module the virtual machine that it runs in is one.</summary>
    public ImmutableArray<ResourceId> DependsOn { get; init; } = [];

    /// <summary>The agent leaves a suspended resource as it is: no change, no repair, no prune.</summary>
    public bool Suspend { get; init; }

    /// <summary>The annotation <c>edgeoperator.io/prune: disabled</c>.</summary>
    public bool PruneDisabled { get; init; }

    /// <summary>How long the resource may take to become Ready once a revision is applied; null means the agent's deadline.</summary>
    public TimeSpan? HealthTimeout { get; init; }

    /// <summary>The place in the order of starts; what has none comes last.</summary>
    internal virtual ulong StartupOrder => ulong.MaxValue;

    /// <summary>Another resource that must take notice, by a restart, when this one changes; null for none.</summary>
    internal virtual ResourceId? Triggers => null;

    /// <summary>How long the resource must stay Ready before a revision is good; null means the agent's own time.</summary>
    internal virtual TimeSpan? StableFor => null;

    /// <summary>The same resource as an operator has it who has stopped it; null where nothing can be stopped.</summary>
    public virtual Resource? ToStopped() => null;

    /// <summary>Changes exactly when what the resource asks for changes; forgets back-off.</summary>
    public abstract string SpecHash { get; }
}
