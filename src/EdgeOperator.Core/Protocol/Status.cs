using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Protocol;

/// <summary>What <c>GET /v1/status</c> answers, what <c>edgeop status</c> shows and what is reported to a hub.</summary>
public sealed record DeviceStatus
{
    public required string Device { get; init; }

    public required string AgentVersion { get; init; }

    /// <summary>For whom secrets for the device are encrypted: an age recipient. Null where it has no identity.</summary>
    public string? Recipient { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the last pass ended.</summary>
    public DateTimeOffset? LastPassAt { get; init; }

    public ImmutableArray<SourceStatus> Sources { get; init; } = [];

    /// <summary>The newest revision of the sources; null before the first fetch.</summary>
    public RevisionStatus? Desired { get; init; }

    /// <summary>The revision that the device is being kept equal to.</summary>
    public RevisionStatus? Applied { get; init; }

    /// <summary>The last revision that passed its health gate.</summary>
    public RevisionStatus? LastGood { get; init; }

    /// <summary>By the names that the twin gives them: the artifacts that the device's revisions are made of; null for none.</summary>
    public ImmutableSortedDictionary<string, ArtifactStatus>? Artifacts { get; init; }

    /// <summary>The revision that an operator rolled back to, which holds until resume, or until a commit changes what the device is made of.</summary>
    public string? HeldAt { get; init; }

    public bool Suspended { get; init; }

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    public ImmutableArray<ResourceStatus> Resources { get; init; } = [];

    /// <summary>How full the device is, roughly; null before it was looked at.</summary>
    public HostSummary? Host { get; init; }

    /// <summary>Certificates of the device's own configuration, and those that it has enrolled for; null before they were looked at.</summary>
    public ImmutableArray<CertificateStatus>? Certificates { get; init; }
}

public sealed record RevisionStatus(string Id, string Display);

/// <param name="Applied">In the revision that the device is being kept equal to; null when it has none of that name.</param>
/// <param name="LastGood">In the last revision that passed its health gate.</param>
public sealed record ArtifactStatus(ArtifactRevision? Applied, ArtifactRevision? LastGood)
{
    /// <summary>What the device has given up on, and why; null while it has not given up on the newest one.</summary>
    public FailedArtifact? Failed { get; init; }
}

/// <inheritdoc cref="ArtifactRevision"/>
public sealed record FailedArtifact(string Revision, string Digest, string Message);

/// <param name="Revision">As the twin names it.</param>
/// <param name="Digest">Of the package.</param>
public sealed record ArtifactRevision(string Revision, string Digest);

public sealed record SourceStatus(
    string Name,
    string Kind,
    string Location,
    string? Revision,
    DateTimeOffset? FetchedAt,
    DateTimeOffset? CheckedAt,
    Condition Ready)
{
    /// <summary>When the source is polled next, unless it is asked for before; null when nothing polls it.</summary>
    public DateTimeOffset? NextPollAt { get; init; }

    /// <summary>What of the source is in the revision that the device is being kept equal to, as <see cref="Revision"/> names it; null when nothing is.</summary>
    public string? Applied { get; init; }

    /// <summary>What of the source the device has given up on, and why; null while it has not given up on its newest revision.</summary>
    public FailedSourceRevision? Failed { get; init; }
}

/// <param name="Revision">As <see cref="SourceStatus.Revision"/> names it.</param>
public sealed record FailedSourceRevision(string Revision, string Message);

public sealed record ResourceStatus
{
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>The observed state in one word, such as <c>running</c>, <c>exited</c>, <c>in sync</c>, <c>pulling</c>.</summary>
    public required string State { get; init; }

    /// <summary>What is desired in a few words: the image, the path.</summary>
    public string? Summary { get; init; }

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>Further details from the driver, by name: container id, image digest, address, restarts …</summary>
    public ImmutableSortedDictionary<string, string> Details { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The manifest's labels; null when it has none.</summary>
    public ImmutableSortedDictionary<string, string>? Labels { get; init; }

    /// <summary>Where the manifest stands, as <c>file:line:column</c>; only where one resource is asked for.</summary>
    public string? Source { get; init; }

    /// <summary>The manifest's spec with its variables replaced and secrets hidden; only where one resource is asked for.</summary>
    public JsonObject? Spec { get; init; }

    /// <summary>Bytes fetched and to fetch, while a pull is under way.</summary>
    public TransferProgress? Progress { get; init; }
}

public sealed record TransferProgress(long Done, long Total);
