using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeOperator.Platform.Publishing;

/// <summary>One time that a package was published, or asked for again.</summary>
public sealed record Deployment
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Grows with each request of the app; a deployment that is asked for again gets the next one.</summary>
    public required long Sequence { get; init; }

    /// <summary>The SHA-256 of the package's zip file in lower-case hex.</summary>
    public required string Version { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it was asked for last.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    public DeploymentOrigin Origin { get; init; } = new();
}

/// <summary>What a publisher says of a deployment, as Kudu's query parameters do.</summary>
public sealed record DeploymentOrigin(string? Author = null, string? AuthorEmail = null, string? Deployer = null, string? Message = null);

/// <summary>How a deployment ended.</summary>
/// <param name="Sequence">Of the request that it is the result of.</param>
/// <param name="Failure">Why the app was not put into service; null when it was.</param>
public sealed record DeploymentResult(long Sequence, DateTimeOffset EndedAt, string? Failure, ImmutableArray<DeployedFunction> Functions);

/// <param name="Trigger">Its type, such as <c>httpTrigger</c>.</param>
/// <param name="Url">For HTTP triggers.</param>
public sealed record DeployedFunction(string Name, string Trigger, string? Url, bool Disabled);

/// <summary>A deployment, and its result when it has one.</summary>
public sealed record DeploymentState(Deployment Deployment, DeploymentResult? Result);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(DeploymentResult))]
[JsonSerializable(typeof(PublishCredentials))]
internal sealed partial class PublishingJson : JsonSerializerContext;
