using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.State;

/// <summary>
/// Which revisions a device has been at: the little that must survive a restart for roll-back to work. Kept as one
/// small file that is replaced atomically, apart from the event store, so that a damaged store costs history only.
/// </summary>
public sealed record RevisionLedger
{
    public static RevisionLedger Empty { get; } = new();

    /// <summary>The last revision that passed its health gate.</summary>
    public string? LastGood { get; init; }

    /// <summary>The revision on its way to be good; null when the device rests at <see cref="LastGood"/>.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Revisions that failed, newest first; not tried again until the source moves. Bounded.</summary>
    public ImmutableArray<FailedRevision> Failed { get; init; } = [];

    /// <summary>An operator's roll-back: holds until resume, or until the source moves away from <see cref="Hold.Instead"/>.</summary>
    public Hold? Hold { get; init; }

    public bool Suspended { get; init; }

    public ImmutableArray<ResourceId> SuspendedResources { get; init; } = [];
}

/// <param name="Since">When the attempt began.</param>
/// <param name="ApplyingSince">When everything was fetched and the change began; null while fetching. The deadline counts from here.</param>
/// <param name="ReadySince">Since when every resource has been Ready; null while one is not.</param>
/// <param name="Fetched">Image references fetched for this attempt.</param>
public sealed record Attempt(
    string Revision,
    DateTimeOffset Since,
    DateTimeOffset? ApplyingSince,
    DateTimeOffset? ReadySince,
    ImmutableArray<string> Fetched);

public sealed record FailedRevision(string Revision, DateTimeOffset At, string Reason, string Message);

/// <param name="Revision">The revision to stay at.</param>
/// <param name="Instead">The sources' revision at that time.</param>
public sealed record Hold(string Revision, string? Instead);
