using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// One thing to do, as plain data: it names what to act on and why, and holds nothing alive. The hierarchy is closed.
/// </summary>
/// <param name="Resource">The resource that the step serves.</param>
/// <param name="Reason">Why, in words, for people.</param>
public abstract record Step(ResourceId Resource, string Reason)
{
    /// <summary>Unique in a plan and the same in every plan that holds this step: the verb and what it acts on.</summary>
    public abstract string Id { get; }

    /// <summary>Whose container engine the step is for, where it is for one: <see cref="EngineTarget"/>. Part of the id unless it is the host.</summary>
    public string Target { get; init; } = EngineTarget.Host;

    /// <summary>Ids of steps that must have succeeded before this one may run.</summary>
    public ImmutableArray<string> Requires { get; init; } = [];

    /// <summary>Ids of steps that must have ended before this one runs, however they ended; a pending step has not ended.</summary>
    public ImmutableArray<string> After { get; init; } = [];

    public sealed override string ToString() => $"{Id}: {Reason}";

    /// <summary>Ends the id of a step on an engine.</summary>
    private protected string On => EngineTarget.Suffix(Target);
}

/// <summary>Brings something onto the device and changes nothing that runs. <paramref name="Optional"/>: a failure is no obstacle.</summary>
public abstract record Fetch(ResourceId Resource, string Reason, bool Optional) : Step(Resource, Reason)
{
    /// <summary>It failed lately and is not to be tried before this time: until then the step is pending.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>Fetch an image. <paramref name="Optional"/>: a copy is on the engine, so a failed pull is no obstacle.</summary>
public sealed record PullImage(ResourceId Resource, string Reason, string Image, bool Optional) : Fetch(Resource, Reason, Optional)
{
    public override string Id => $"pull {Key}";

    /// <summary>What is fetched, and where to: how <see cref="RevisionLedger.RecordFetched"/> remembers it.</summary>
    public string Key => KeyOf(Image, Target);

    public static string KeyOf(string image, string target) => image + EngineTarget.Suffix(target);
}

public sealed record CreateNetwork(ResourceId Resource, string Reason, string Network) : Step(Resource, Reason)
{
    public override string Id => $"create network {Network}{On}";
}

public sealed record RemoveNetwork(ResourceId Resource, string Reason, string Network) : Step(Resource, Reason)
{
    public override string Id => $"remove network {Network}{On}";
}

public sealed record CreateVolume(ResourceId Resource, string Reason, string Volume) : Step(Resource, Reason)
{
    public override string Id => $"create volume {Volume}{On}";
}

/// <summary>Create a container from the resource's desired spec under <paramref name="Name"/>.</summary>
public sealed record CreateContainer(ResourceId Resource, string Reason, string Name, string SpecHash) : Step(Resource, Reason)
{
    public override string Id => $"create {Resource} {SpecHash}{On}";

    /// <summary>The very image to create it from; null for the one that the spec's reference names now.</summary>
    public string? ImageId { get; init; }
}

/// <summary>
/// Acts on an existing container by its id, or (null) on the one that this plan creates for the resource.
/// </summary>
public abstract record ContainerStep(ResourceId Resource, string Reason, string? ContainerId) : Step(Resource, Reason)
{
    protected string Container => ContainerId is null ? $"{Resource} new" : $"{Resource} {(ContainerId.Length > 12 ? ContainerId[..12] : ContainerId)}";
}

public sealed record RenameContainer(ResourceId Resource, string Reason, string? ContainerId, string Name) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"rename {Container} to {Name}{On}";
}

public sealed record StartContainer(ResourceId Resource, string Reason, string? ContainerId) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"start {Container}{On}";
}

/// <summary>Stop a container. <paramref name="Timeout"/> until it is killed; null means the engine's default.</summary>
public sealed record StopContainer(ResourceId Resource, string Reason, string? ContainerId, TimeSpan? Timeout) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"stop {Container}{On}";
}

/// <summary>Stop and start in one request: for an unhealthy container, or after a file changed.</summary>
public sealed record RestartContainer(ResourceId Resource, string Reason, string? ContainerId, TimeSpan? Timeout) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"restart {Container}{On}";
}

/// <summary>Give a container the settings back that it was created with, while it runs.</summary>
public sealed record UpdateContainer(ResourceId Resource, string Reason, string? ContainerId, ImmutableArray<ChangedSetting> Settings)
    : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"update {Container}{On}";
}

/// <summary>Have a container join a network again, as its spec has it.</summary>
public sealed record ConnectNetwork(ResourceId Resource, string Reason, string? ContainerId, string Network) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"connect {Container} to {Network}{On}";
}

/// <summary>Have a container leave a network that its spec does not name.</summary>
public sealed record DisconnectNetwork(ResourceId Resource, string Reason, string? ContainerId, string Network) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"disconnect {Container} from {Network}{On}";
}

/// <summary>Remove a stopped container; its volumes stay.</summary>
public sealed record RemoveContainer(ResourceId Resource, string Reason, string? ContainerId) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"remove {Container}{On}";
}

/// <summary>
/// A gate between steps: succeeds when the resource is Ready, otherwise the steps behind it wait for a later pass.
/// It never blocks a pass. Only an observation made after the steps that it requires can answer it.
/// </summary>
/// <param name="Replacement">Asks about the new container alone, while it still runs beside the one that it is to replace.</param>
public sealed record AwaitReady(ResourceId Resource, string Reason, bool Replacement = false) : Step(Resource, Reason)
{
    public override string Id => Replacement ? $"await {Resource} new" : $"await {Resource}";
}

/// <summary>
/// A point that many steps lead to and many start from, so that a plan has few edges. There is nothing to do: it
/// succeeds as soon as what it waits for allows it to run. No driver takes it.
/// </summary>
/// <param name="Resource">The revision.</param>
public sealed record Milestone(ResourceId Resource, string Reason, string Name) : Step(Resource, Reason)
{
    public override string Id => $"milestone {Name}";
}

public sealed record RemoveImage(ResourceId Resource, string Reason, string ImageId) : Step(Resource, Reason)
{
    public override string Id => $"remove image {ImageId}{On}";
}

/// <summary>Write the resource's desired file.</summary>
public sealed record WriteFile(ResourceId Resource, string Reason, string Path, string ContentHash) : Step(Resource, Reason)
{
    public override string Id => $"write {Path}";
}

/// <summary>Put back what was at the path before the agent first wrote it, or delete the file when nothing was.</summary>
public sealed record RestoreFile(ResourceId Resource, string Reason, string Path) : Step(Resource, Reason)
{
    public override string Id => $"restore {Path}";
}

/// <summary>Run a file's <c>onChange</c> action.</summary>
public sealed record RunAction(ResourceId Resource, string Reason, string Path, FileAction Action) : Step(Resource, Reason)
{
    public override string Id => $"after {Path}: {Action}";
}

/// <summary>Put a function app's package beside those that are there, dependencies included.</summary>
public sealed record InstallApp(ResourceId Resource, string Reason, FunctionPackage Package) : Fetch(Resource, Reason, Optional: false)
{
    public override string Id => $"install {Resource} {Package.Hash}";
}

/// <summary>
/// Have a function app's host, which is started if it does not run, serve the desired generation. Succeeds as soon as that is
/// asked for: whether it comes true is for the readiness to tell.
/// </summary>
/// <param name="Repair">What was asked for before did not last, or did not come true.</param>
public sealed record ServeApp(ResourceId Resource, string Reason, string SpecHash, bool Repair = false) : Step(Resource, Reason)
{
    public override string Id => $"serve {Resource} {SpecHash}";
}

/// <summary>Have a function app's host finish what it does and end. Its queues and keys stay.</summary>
public sealed record StopApp(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"stop {Resource}";
}

/// <summary>Remove an installed package of a function app.</summary>
/// <param name="Package">Its hash.</param>
public sealed record RemoveGeneration(ResourceId Resource, string Reason, string Package) : Step(Resource, Reason)
{
    public override string Id => $"remove {Resource} {Package}";
}
