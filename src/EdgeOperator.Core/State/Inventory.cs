using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.State;

/// <summary>What the agent remembers and the device does not show: the planner's third input.</summary>
public sealed record Inventory
{
    public static Inventory Empty { get; } = new();

    /// <summary>
    /// The desired revision has passed its health gate: what it replaced may be removed. Until then the replaced
    /// containers are only stopped, so that going back starts them again as they were.
    /// </summary>
    public bool Committed { get; init; } = true;

    /// <summary>
    /// Another revision is being fetched while this one is kept up: what nothing desired names may be what that one needs.
    /// </summary>
    public bool IsFetchingNext { get; init; }

    /// <summary>
    /// What the last good revision asked for, by resource: its spec hash. Until the desired revision is committed, the
    /// containers of these specs are kept.
    /// </summary>
    public ImmutableDictionary<ResourceId, string> LastGood { get; init; } = ImmutableDictionary<ResourceId, string>.Empty;

    /// <summary>The data disks that the last good revision asked for, in bytes, by virtual machine.</summary>
    public ImmutableDictionary<ResourceId, long> LastGoodDisks { get; init; } = ImmutableDictionary<ResourceId, long>.Empty;

    /// <summary>
    /// Image references, as the manifests spell them, already fetched for the desired revision; one that is for a virtual machine
    /// is followed by <c> on NAME</c>.
    /// </summary>
    public ImmutableHashSet<string> Fetched { get; init; } = [];

    /// <summary>What the desired revision's modules ran when it was good: these images are what it is made of, whatever its tags name by now.</summary>
    public ImmutableDictionary<ResourceId, PinnedImage> PinnedImages { get; init; } = ImmutableDictionary<ResourceId, PinnedImage>.Empty;

    /// <summary>Images (by id) on the host's engine that the agent pulled and that no kept revision names for it.</summary>
    public ImmutableHashSet<string> CollectableImages { get; init; } = [];

    /// <summary>The same on the engines of virtual machines, by the machine's name.</summary>
    public ImmutableDictionary<string, ImmutableHashSet<string>> CollectableGuestImages { get; init; } =
        ImmutableDictionary<string, ImmutableHashSet<string>>.Empty;

    /// <param name="target">See <see cref="EngineTarget"/>.</param>
    internal ImmutableHashSet<string> CollectableOn(string target) =>
        target == EngineTarget.Host ? CollectableImages : CollectableGuestImages.GetValueOrDefault(target, []);

    /// <summary>Resources that the operator suspended.</summary>
    public ImmutableHashSet<ResourceId> Suspended { get; init; } = [];

    /// <summary>Resources that stay although nothing desires them any more.</summary>
    public ImmutableHashSet<ResourceId> Retained { get; init; } = [];

    /// <summary>Resources that failed lately, and when they may be tried again.</summary>
    public ImmutableDictionary<ResourceId, BackOff> BackOff { get; init; } = ImmutableDictionary<ResourceId, BackOff>.Empty;
}

/// <summary>A resource's failures in a row.</summary>
/// <param name="SpecHash">The spec that failed; another one is tried at once. Empty for a resource that is no longer desired.</param>
/// <param name="Failures">Failures in a row; 0 when nothing has failed, and only what was done last is remembered.</param>
/// <param name="NotBefore">When the next attempt is due.</param>
/// <param name="Terminal">Trying the same again is not expected to help: the resource is Stalled.</param>
public sealed record BackOff(
    string SpecHash,
    int Failures,
    DateTimeOffset NotBefore,
    string Reason,
    string Message,
    bool Terminal = false)
{
    /// <summary>What was done last.</summary>
    public BackOffCause Cause { get; init; }

    /// <summary>Whose fault the last failure was.</summary>
    public Fault Fault { get; init; }

    /// <summary>The <see cref="Planning.Step.PackageHash"/> that failed; another one is tried at once. Null where the spec alone says what to do.</summary>
    public string? PackageHash { get; init; }
}

/// <summary>What a <see cref="BackOff"/> counts.</summary>
public enum BackOffCause
{
    /// <summary>Attempts that failed.</summary>
    Failed,

    /// <summary>Repairs that succeeded: what should have been running was started again.</summary>
    Restarted,

    /// <summary>Nothing, and it holds nothing back: a container of the spec was created, so that a second one is a repair.</summary>
    Created,
}

/// <summary>Whose fault a failure is.</summary>
public enum Fault
{
    /// <summary>The revision's, as far as anybody can tell: another revision may do better.</summary>
    Revision,

    /// <summary>The device's (a full disk, no memory, an engine that fails by itself): no revision is blamed, and all go on once it is over.</summary>
    Device,
}
