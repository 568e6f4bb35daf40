using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Fetch an image. <paramref name="Optional"/>: a copy is on the engine, so a failed pull is no obstacle.</summary>
public sealed record PullImage(ResourceId Resource, string Reason, string Image, bool Optional) : Fetch(Resource, Reason, Optional)
{
    public override string Id => $"pull {Key}";

    public override string RecordedAs => Key;

    /// <summary>What is fetched, and where to: how <see cref="RevisionLedger.RecordFetched"/> remembers it.</summary>
    public string Key => KeyOf(Image, Target);

    public static string KeyOf(string image, string target) => image + EngineTarget.Suffix(target);
}

public sealed record CreateNetwork(ResourceId Resource, string Reason, string Network) : Step(Resource, Reason)
{
    public override string Id => $"create network {Network}{On}";

    public override StepEffect Effect => StepEffect.Add;
}

public sealed record RemoveNetwork(ResourceId Resource, string Reason, string Network) : Step(Resource, Reason)
{
    public override string Id => $"remove network {Network}{On}";

    public override bool ConcernsResource => false;

    public override StepEffect Effect => StepEffect.Remove;
}

public sealed record CreateVolume(ResourceId Resource, string Reason, string Volume) : Step(Resource, Reason)
{
    public override string Id => $"create volume {Volume}{On}";

    public override StepEffect Effect => StepEffect.Add;
}

/// <summary>Create a container from the resource's desired spec under <paramref name="Name"/>.</summary>
public sealed record CreateContainer(ResourceId Resource, string Reason, string Name, string SpecHash) : Step(Resource, Reason)
{
    public override string Id => $"create {Resource} {SpecHash}{On}";

    public override StepEffect Effect => StepEffect.Add;

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

    public override bool IsStart => true;

    /// <summary>A container that the same plan creates (no id) is started for the first time.</summary>
    public override bool IsRepair => ContainerId is not null;
}

/// <summary>Stop a container. <paramref name="Timeout"/> until it is killed; null means the engine's default.</summary>
public sealed record StopContainer(ResourceId Resource, string Reason, string? ContainerId, TimeSpan? Timeout) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"stop {Container}{On}";

    public override bool IsStop => true;
}

/// <summary>Stop and start in one request: for an unhealthy container, or after a file changed.</summary>
public sealed record RestartContainer(ResourceId Resource, string Reason, string? ContainerId, TimeSpan? Timeout) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"restart {Container}{On}";

    public override bool IsRestart => true;

    public override bool IsStart => true;

    /// <summary>A container that the same plan creates (no id) is started for the first time.</summary>
    public override bool IsRepair => ContainerId is not null;
}

/// <summary>Give a container the settings back that it was created with, while it runs.</summary>
public sealed record UpdateContainer(ResourceId Resource, string Reason, string? ContainerId, ImmutableArray<ChangedSetting> Settings)
    : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"update {Container}{On}";

    public override bool IsRepair => true;
}

/// <summary>Have a container join a network again, as its spec has it.</summary>
public sealed record ConnectNetwork(ResourceId Resource, string Reason, string? ContainerId, string Network) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"connect {Container} to {Network}{On}";

    public override bool IsRepair => true;
}

/// <summary>Have a container leave a network that its spec does not name.</summary>
public sealed record DisconnectNetwork(ResourceId Resource, string Reason, string? ContainerId, string Network) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"disconnect {Container} from {Network}{On}";

    public override bool IsRepair => true;
}

/// <summary>Remove a stopped container; its volumes stay.</summary>
public sealed record RemoveContainer(ResourceId Resource, string Reason, string? ContainerId) : ContainerStep(Resource, Reason, ContainerId)
{
    public override string Id => $"remove {Container}{On}";

    public override StepEffect Effect => StepEffect.Remove;
}

public sealed record RemoveImage(ResourceId Resource, string Reason, string ImageId) : Step(Resource, Reason)
{
    public override string Id => $"remove image {ImageId}{On}";

    public override bool ConcernsResource => false;

    public override StepEffect Effect => StepEffect.Remove;
}
