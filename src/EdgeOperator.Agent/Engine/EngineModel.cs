using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Engine;

// What the agent reads of the engine's answers, in the engine's own shape; anything may be missing, and an array may hold null.

/// <summary>An entry of the container list.</summary>
public sealed record ContainerSummary
{
    public required string Id { get; init; }

    /// <summary>With a leading slash.</summary>
    public IReadOnlyList<string?>? Names { get; init; }

    public string? Image { get; init; }

    [JsonPropertyName("ImageID")]
    public string? ImageId { get; init; }

    /// <summary>Unix seconds.</summary>
    public long Created { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? State { get; init; }

    /// <summary>For people: <c>Up 2 minutes (healthy)</c>.</summary>
    public string? Status { get; init; }

    public IReadOnlyList<PublishedPort?>? Ports { get; init; }

    public ContainerHostConfig? HostConfig { get; init; }

    public ContainerNetworkSettings? NetworkSettings { get; init; }

    public string Name => Names is [{ } first, ..] ? first.TrimStart('/') : Id;
}

public sealed record PublishedPort
{
    [JsonPropertyName("IP")]
    public string? Ip { get; init; }

    public int PrivatePort { get; init; }

    public int PublicPort { get; init; }

    public string? Type { get; init; }
}

public sealed record ContainerHostConfig
{
    public string? NetworkMode { get; init; }

    public string? PidMode { get; init; }

    public string? IpcMode { get; init; }

    /// <summary>Containers, each with <c>:ro</c> or <c>:rw</c> behind it or not.</summary>
    public IReadOnlyList<string?>? VolumesFrom { get; init; }

    public long? Memory { get; init; }

    public long? MemoryReservation { get; init; }

    public long? MemorySwap { get; init; }

    public long? KernelMemory { get; init; }

    public long? NanoCpus { get; init; }

    public long? CpuShares { get; init; }

    public long? CpuPeriod { get; init; }

    public long? CpuQuota { get; init; }

    public long? CpuRealtimePeriod { get; init; }

    public long? CpuRealtimeRuntime { get; init; }

    public long? BlkioWeight { get; init; }

    public long? PidsLimit { get; init; }

    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    public EngineRestartPolicy? RestartPolicy { get; init; }
}

public sealed record EngineRestartPolicy
{
    public string? Name { get; init; }

    public int MaximumRetryCount { get; init; }
}

public sealed record ContainerNetworkSettings
{
    public IReadOnlyDictionary<string, ContainerEndpoint?>? Networks { get; init; }
}

public sealed record ContainerEndpoint
{
    [JsonPropertyName("NetworkID")]
    public string? NetworkId { get; init; }

    [JsonPropertyName("IPAddress")]
    public string? IpAddress { get; init; }

    /// <summary>Names that the network's members reach the container by.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Those names and the container's own; only engines from API 1.44 on tell them.</summary>
    [JsonPropertyName("DNSNames")]
    public IReadOnlyList<string>? DnsNames { get; init; }
}

/// <summary>All about one container.</summary>
public sealed record ContainerDetails
{
    public required string Id { get; init; }

    /// <summary>With a leading slash.</summary>
    public string? Name { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>The image's id.</summary>
    public string? Image { get; init; }

    public int RestartCount { get; init; }

    public ContainerState? State { get; init; }

    public ContainerConfig? Config { get; init; }

    public ContainerHostConfig? HostConfig { get; init; }

    public ContainerNetworkSettings? NetworkSettings { get; init; }
}

public sealed record ContainerState
{
    public string? Status { get; init; }

    public int ExitCode { get; init; }

    public string? Error { get; init; }

    [JsonPropertyName("OOMKilled")]
    public bool OutOfMemory { get; init; }

    /// <summary>Year 1 when it never was.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <inheritdoc cref="StartedAt"/>
    public DateTimeOffset FinishedAt { get; init; }

    public HealthState? Health { get; init; }
}

public sealed record HealthState
{
    public string? Status { get; init; }

    /// <summary>The last checks, oldest first.</summary>
    public IReadOnlyList<HealthCheckResult?>? Log { get; init; }
}

public sealed record HealthCheckResult
{
    public int ExitCode { get; init; }

    public string? Output { get; init; }
}

public sealed record ContainerConfig
{
    /// <summary>The reference that the container was created with.</summary>
    public string? Image { get; init; }

    public bool Tty { get; init; }

    /// <summary>Seconds until a stopping container is killed; negative for never.</summary>
    public int? StopTimeout { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record CreatedContainer
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }
}

public sealed record ImageSummary
{
    public required string Id { get; init; }

    public IReadOnlyList<string?>? RepoTags { get; init; }

    public IReadOnlyList<string?>? RepoDigests { get; init; }

    /// <summary>Bytes on the disk.</summary>
    public long Size { get; init; }

    /// <summary>In lists.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Of a single image.</summary>
    public ImageConfig? Config { get; init; }
}

public sealed record ImageConfig
{
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record NetworkSummary
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Driver { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record VolumeSummary
{
    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

internal sealed record VolumeList
{
    public BoundedItems<VolumeSummary>? Volumes { get; init; }
}

/// <summary>Something that happened on the engine.</summary>
public sealed record EngineEvent
{
    /// <summary><c>container</c>, <c>image</c>, <c>network</c>, <c>volume</c>.</summary>
    public string? Type { get; init; }

    /// <summary><c>start</c>, <c>die</c>, <c>health_status: healthy</c> …</summary>
    public string? Action { get; init; }

    public EventActor? Actor { get; init; }

    /// <summary>What a check came to; only Podman says it here.</summary>
    public string? HealthStatus { get; init; }
}

public sealed record EventActor
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    /// <summary>For a container its labels, and <c>name</c>, <c>image</c>, <c>exitCode</c>.</summary>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}

/// <summary>A line of a pull's progress.</summary>
public sealed record PullMessage
{
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>The layer, when the line is about one.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("progressDetail")]
    public PullProgress? Progress { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }
}

public sealed record PullProgress
{
    /// <summary>Bytes.</summary>
    [JsonPropertyName("current")]
    public long Current { get; init; }

    /// <inheritdoc cref="Current"/>
    [JsonPropertyName("total")]
    public long Total { get; init; }
}

public sealed record EngineVersion
{
    public string? Version { get; init; }

    public string? ApiVersion { get; init; }

    public string? Os { get; init; }

    public string? Arch { get; init; }
}

/// <summary>The engine as it is set up.</summary>
public sealed record EngineInfo
{
    /// <summary>Where it keeps images and containers.</summary>
    public string? DockerRootDir { get; init; }

    /// <summary>By their names.</summary>
    public JsonObject? Runtimes { get; init; }
}

internal sealed record EngineError
{
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

/// <summary>A command in a container, as the engine has it.</summary>
internal sealed record ExecState
{
    public bool Running { get; init; }

    /// <summary>Null while it runs.</summary>
    public int? ExitCode { get; init; }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BoundedItems<ContainerSummary>))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(CreatedContainer))]
[JsonSerializable(typeof(BoundedItems<ImageSummary>))]
[JsonSerializable(typeof(BoundedItems<NetworkSummary>))]
[JsonSerializable(typeof(VolumeList))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(PullMessage))]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(EngineInfo))]
[JsonSerializable(typeof(EngineError))]
[JsonSerializable(typeof(ExecState))]
[JsonSerializable(typeof(ImageSummary))]
internal sealed partial class EngineJson : JsonSerializerContext;
