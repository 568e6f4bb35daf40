using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Core.State;

/// <summary>What is on the device, read afresh in every pass. Each driver fills in its part.</summary>
public sealed record ObservedState
{
    public static ObservedState Nothing { get; } = new();

    public ObservedEngine Engine { get; init; } = new();

    /// <summary>By absolute path: every file that is desired or that the agent has written.</summary>
    public ImmutableSortedDictionary<string, ObservedFile> Files { get; init; } =
        ImmutableSortedDictionary<string, ObservedFile>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By name: every function app that has files on the device or a host that runs.</summary>
    public ImmutableSortedDictionary<string, ObservedApp> Apps { get; init; } =
        ImmutableSortedDictionary<string, ObservedApp>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By name: every virtual machine that is desired or that the agent has made.</summary>
    public ImmutableSortedDictionary<string, ObservedMachine> Machines { get; init; } =
        ImmutableSortedDictionary<string, ObservedMachine>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By the machine's name: the container engine of every virtual machine whose guest has answered.</summary>
    public ImmutableSortedDictionary<string, ObservedEngine> GuestEngines { get; init; } =
        ImmutableSortedDictionary<string, ObservedEngine>.Empty.WithComparers(StringComparer.Ordinal);
}

/// <summary>A function app on the device: its packages and its host.</summary>
public sealed record ObservedApp
{
    public required string Name { get; init; }

    /// <summary>Why the app's files can't be read; null when they can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>The packages that lie there complete, the one that was served last first.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];

    /// <summary>The generation that the app's request on the disk asks for; null when it is to run none.</summary>
    public string? Requested { get; init; }

    public AppHostPhase Phase { get; init; }

    /// <summary>The user that the host was started for; empty for the agent's own.</summary>
    public string User { get; init; } = "";

    /// <summary>The last that was heard of a host that does not run, in a line; null when it was never started or was stopped.</summary>
    public string? LastWords { get; init; }

    /// <summary>What the host says of itself; null unless it is <see cref="AppHostPhase.Running"/>.</summary>
    public HostReport? Report { get; init; }
}

public enum AppHostPhase
{
    Stopped,

    /// <summary>The process runs and has not answered yet.</summary>
    Starting,
    Running,

    /// <summary>The process runs and has not answered for too long.</summary>
    Hung,
}

/// <summary>A container engine's content.</summary>
public sealed record ObservedEngine
{
    /// <summary>Why the engine could not be read; null when it could.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Every container, the agent's own and others (whose names matter).</summary>
    public ImmutableArray<ObservedContainer> Containers { get; init; } = [];

    /// <summary>Every local image by each of its references: repository:tag and repository@digest, as the engine prints them, and its id; without names under which it may not run.</summary>
    public ImmutableSortedDictionary<string, ObservedImage> Images { get; init; } =
        ImmutableSortedDictionary<string, ObservedImage>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Ids of images that the agent itself has pulled, and so may remove.</summary>
    public ImmutableHashSet<string> PulledImages { get; init; } = [];

    public ImmutableSortedSet<string> Networks { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    /// <summary>Networks that carry the agent's ownership label.</summary>
    public ImmutableSortedSet<string> OwnedNetworks { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Volumes { get; init; } = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);
}

public sealed record ObservedImage(string Id, ImmutableArray<string> Digests);

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

    public int? ExitCode { get; init; }

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

/// <summary>A file on the device, and what the agent remembers of it.</summary>
public sealed record ObservedFile
{
    public required string Path { get; init; }

    public bool Exists { get; init; }

    /// <summary>Why the path can't be managed (a folder, a symlink out of the allowed roots, no permission); null when it can.</summary>
    public string? Refused { get; init; }

    /// <summary>SHA-256 of the content in lower-case hex; null when the file is missing.</summary>
    public string? ContentHash { get; init; }

    public int Mode { get; init; }

    /// <summary>Whether the owner is the desired one; true when none is desired.</summary>
    public bool OwnerMatches { get; init; } = true;

    /// <summary>The resource that the agent wrote the file for; null when it never did.</summary>
    public ResourceId? WrittenFor { get; init; }

    /// <summary>The agent has written the file, and its record of that is lost in part or wholly; the next write renews it.</summary>
    public bool RecordDamaged { get; init; }

    /// <summary>The annotation <c>edgeoperator.io/prune: disabled</c> as it was when the file was written.</summary>
    public bool PruneDisabled { get; init; }

    /// <summary>When the agent last wrote the file, by its steady clock; null when it never did.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The file was written and its <c>onChange</c> action has not succeeded yet.</summary>
    public bool ActionPending { get; init; }
}
