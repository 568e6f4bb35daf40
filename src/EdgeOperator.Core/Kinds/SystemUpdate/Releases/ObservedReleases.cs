using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Releases;

/// <summary>The versions of edgeop on a device, and what has become of the last change.</summary>
public sealed record ObservedReleases
{
    /// <summary>The version of the running agent.</summary>
    public required string Running { get; init; }

    /// <summary>Why the agent can't change its own version here; null when it can.</summary>
    public string? Unsupervised { get; init; }

    public ImmutableArray<InstalledRelease> Installed { get; init; } = [];

    /// <summary>Null when no version is on trial.</summary>
    public ReleaseTrial? Trial { get; init; }

    /// <summary>The last version that was taken back; null when there was none since.</summary>
    public FailedRelease? Failed { get; init; }

    public bool IsInstalled(AgentRelease release) => Installed.Any(installed => installed.Version == release.Version && installed.Sha256 == release.Sha256);
}

/// <param name="Sha256">Of the archive that it was unpacked from; null for one that was installed by hand.</param>
/// <param name="InUse">A program of it runs, or it is the one to start.</param>
public sealed record InstalledRelease(string Version, string? Sha256, bool InUse);

/// <summary>A version that has yet to complete a pass.</summary>
/// <param name="HasProven">It runs, has completed a pass, and sees what the one before it saw.</param>
public sealed record ReleaseTrial(string From, string To, bool HasProven);

/// <summary>A version that was taken back.</summary>
/// <param name="Revision">The revision that had asked for it.</param>
public sealed record FailedRelease(string Version, string Revision, string Reason);
