using EdgeOperator.Core.Versions;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Releases;

/// <summary>The version of edgeop that a device should run: the archive that has all of its programs.</summary>
public sealed record AgentRelease
{
    /// <summary>As <c>edgeop version</c> prints it.</summary>
    public required string Version { get; init; }

    /// <summary>A URL (http, https), or an absolute path on the device.</summary>
    public required string Location { get; init; }

    /// <summary>The archive's SHA-256 in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The archive's signature in Base64; null when it lies beside the archive, with <c>.sig</c> behind its name.</summary>
    public string? Signature { get; init; }

    /// <summary>Whether a version lower than the running one is meant.</summary>
    public bool AllowDowngrade { get; init; }

    /// <summary>How long the version may take, once it is started, to complete a pass; at least one second.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether this one is lower than <paramref name="running"/>. Versions that can't be compared are not.</summary>
    public bool IsBelow(string running) =>
        SemanticVersion.Parse(Version) is { } wanted && SemanticVersion.Parse(running) is { } present && wanted.CompareTo(present) < 0;
}
