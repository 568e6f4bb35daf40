using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.State;

/// <summary>
/// Which revisions a device has been at: the little that must survive a restart for roll-back to work. Kept as one
/// small file that is replaced atomically, apart from the event store, so that a damaged store costs history only.
/// </summary>
public sealed record RevisionLedger
{
    private const int MaximumFailed = 20;
    private const int MaximumInterruptions = 3;

    public static RevisionLedger Empty { get; } = new();

    /// <summary>The last revision that passed its health gate.</summary>
    public string? LastGood { get; init; }

    /// <summary>The revision on its way to be good; null when the device rests at <see cref="LastGood"/>.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Revisions that failed, newest first; not tried again until the source moves. At most 20.</summary>
    public ImmutableArray<FailedRevision> Failed { get; init; } = [];

    /// <summary>An operator's roll-back: holds until resume, or until the source moves away from <see cref="Hold.Instead"/>.</summary>
    public Hold? Hold { get; init; }

    public bool Suspended { get; init; }

    public ImmutableArray<ResourceId> SuspendedResources { get; init; } = [];

    /// <summary>
    /// Resources that stay when their manifests go, as the last good revision that had them asked for it; what the
    /// device itself records may be older, as it can't be changed without making the resource anew.
    /// </summary>
    public ImmutableArray<ResourceId> Retained { get; init; } = [];

    /// <summary>
    /// Turns to a revision: an attempt at it begins, or goes on when it is already under way, or ends all attempts when
    /// it is the last good one. An attempt at another revision is forgotten.
    /// </summary>
    public RevisionLedger Begin(string revision, DateTimeOffset now) =>
        revision == LastGood ? this with { Attempt = null }
        : revision == Attempt?.Revision ? this
        : this with { Attempt = new(revision, now, ApplyingSince: null, ReadySince: null, Fetched: []) };

    /// <summary>Notes that an image needs no fetching any more for the attempt under way.</summary>
    /// <param name="image">As the step that pulls it spells it.</param>
    public RevisionLedger RecordFetched(string image) =>
        Attempt is null || Attempt.Fetched.Contains(image) ? this : this with { Attempt = Attempt with { Fetched = Attempt.Fetched.Add(image) } };

    /// <summary>Notes that everything is fetched and the change begins; the deadline counts from the first call.</summary>
    public RevisionLedger MarkApplying(DateTimeOffset now) =>
        Attempt is { ApplyingSince: null } ? this with { Attempt = Attempt with { ApplyingSince = now } } : this;

    /// <summary>
    /// Notes that the agent started. A device that was off in the middle of an attempt gets the whole deadline again,
    /// but only so often: a revision that keeps bringing the device down fails in the end.
    /// </summary>
    public RevisionLedger MarkInterrupted(DateTimeOffset now) =>
        Attempt is { ApplyingSince: not null, Interruptions: < MaximumInterruptions }
            ? this with { Attempt = Attempt with { ApplyingSince = now, ReadySince = null, Interruptions = Attempt.Interruptions + 1 } }
            : this;

    /// <summary>The revision is the last good one from now on.</summary>
    /// <param name="desired">Its resources.</param>
    public RevisionLedger Commit(string revision, DesiredState desired) => this with
    {
        LastGood = revision,
        Retained =
        [
            .. Retained.Where(id => !desired.Resources.ContainsKey(id))
                .Concat(desired.Resources.Values.Where(resource => resource.PruneDisabled).Select(resource => resource.Id))
                .Order(),
        ],
        Attempt = null,
        Failed = Failed.RemoveAll(failed => failed.Revision == revision),
    };

    /// <summary>The revision failed: it is not chosen again until the source moves, and an attempt at it is over.</summary>
    public RevisionLedger Fail(FailedRevision failure) => this with
    {
        Attempt = Attempt?.Revision == failure.Revision ? null : Attempt,
        Failed = [failure, .. Failed.Where(failed => failed.Revision != failure.Revision).Take(MaximumFailed - 1)],
    };

    /// <summary>An operator's roll-back to a kept revision, which gets a new chance if it failed before.</summary>
    /// <param name="newest">The sources' revision now.</param>
    public RevisionLedger HoldAt(string revision, string? newest) => this with
    {
        Hold = new(revision, newest),
        Failed = Failed.RemoveAll(failed => failed.Revision == revision),
    };

    /// <summary>Ends an operator's roll-back.</summary>
    public RevisionLedger Release() => this with { Hold = null };
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
    ImmutableArray<string> Fetched)
{
    /// <summary>How often the agent started while the attempt was being applied.</summary>
    public int Interruptions { get; init; }
}

public sealed record FailedRevision(string Revision, DateTimeOffset At, string Reason, string Message);

/// <param name="Revision">The revision to stay at.</param>
/// <param name="Instead">The sources' revision at that time.</param>
public sealed record Hold(string Revision, string? Instead);
