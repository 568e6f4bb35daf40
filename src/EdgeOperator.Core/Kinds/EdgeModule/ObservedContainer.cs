using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

public enum ContainerPhase
{
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}

public enum ContainerHealth
{
    /// <summary>No health check: running is enough.</summary>
    None,
    Starting,
    Healthy,
    Unhealthy,
}

public sealed record ObservedContainer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>From the ownership label; null when the agent did not make the container.</summary>
    public ResourceId? Resource { get; init; }

    public string? SpecHash { get; init; }

    /// <summary>The revision that created the container.</summary>
    public string? Revision { get; init; }

    public required string Image { get; init; }

    public required string ImageId { get; init; }

    public required ContainerPhase Phase { get; init; }

    public ContainerHealth Health { get; init; }

    /// <summary>The last line a failing health check printed, cut to 256 characters.</summary>
    public string? HealthDetail { get; init; }

    /// <summary>How its last run ended; null while its first one goes on, and when nobody saw the end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Its last run was ended because it took more memory than its limit or the device allows.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>The last lines of a container that has failed, the newest last, bounded in number and length.</summary>
    public ImmutableArray<string> LastLines { get; init; } = [];

    public DateTimeOffset Created { get; init; }

    /// <summary>When its present run began, by the agent's steady clock; null when it never ran.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its present run began, by the engine's clock; null when it never ran.</summary>
    public DateTimeOffset? EngineStartedAt { get; init; }

    /// <summary>The number, from the agent's start, of the observation that was the first to see its present run.</summary>
    public long FirstObservedIn { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Restarts by the engine since the container was last started by the agent.</summary>
    public int RestartCount { get; init; }

    /// <summary>Names of the networks that the container is attached to, or will be when it is started.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    /// <summary>Containers whose network, processes or volumes the container uses, by id where the engine says so.</summary>
    public ImmutableArray<string> SharesWith { get; init; } = [];

    /// <summary>Settings that somebody changed, as <c>docker update</c> does.</summary>
    public ImmutableArray<ChangedSetting> ChangedSettings { get; init; } = [];

    /// <summary>Networks in which somebody changed the container's aliases or address, as <c>docker network connect</c> does.</summary>
    public ImmutableArray<string> ChangedEndpoints { get; init; } = [];

    /// <summary>
    /// Why the container is not what its spec made of it any more, so that another one must take its place: somebody changed it, or its
    /// image may not run; null when it is.
    /// </summary>
    public string? Drift { get; init; }

    /// <summary>Why another container must take its place; null when none must.</summary>
    public string? ReplacementReason => Drift ?? (ChangedSettings.All(setting => setting.IsRestorable) ? null : ChangedSetting.Describe(ChangedSettings));

    /// <summary>The label <c>edgeoperator.io/prune=disabled</c>: the container stays when its resource is no longer desired.</summary>
    public bool PruneDisabled { get; init; }

    public bool IsOwned => Resource is not null;

    /// <summary>
    /// Whether its present run began after that of another container of the same engine. The order of observations holds even when
    /// somebody sets the engine's clock; that clock decides within one observation.
    /// </summary>
    public bool StartedAfter(ObservedContainer other) => FirstObservedIn != other.FirstObservedIn
        ? FirstObservedIn > other.FirstObservedIn
        : (EngineStartedAt ?? StartedAt) > (other.EngineStartedAt ?? other.StartedAt);
}
