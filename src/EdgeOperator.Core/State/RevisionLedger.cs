using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.EdgeModule;
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

    /// <summary>The revisions that passed it, the newest first: those that the device can go back to.</summary>
    public ImmutableArray<GoodRevision> Good { get; init; } = [];

    /// <summary>The revision on its way to be good; null when the device stays at <see cref="LastGood"/>.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Revisions that failed, newest first; not tried again until the source moves. At most 20.</summary>
    public ImmutableArray<FailedRevision> Failed { get; init; } = [];

    /// <summary>An operator's roll-back: holds until resume, or until a commit changes what the device is made of.</summary>
    [JsonPropertyName("hold")]
    public PinnedRevision? Pinned { get; init; }

    public bool Suspended { get; init; }

    public ImmutableArray<ResourceId> SuspendedResources { get; init; } = [];

    /// <summary>Resources that an operator has stopped, whatever their manifests say: until the operator starts them.</summary>
    public ImmutableArray<ResourceId> StoppedResources { get; init; } = [];

    /// <summary>
    /// Resources that stay when their manifests go, as the last good revision that had them asked for it; what the
    /// device itself records may be older, as it can't be changed without making the resource anew.
    /// </summary>
    public ImmutableArray<ResourceId> Retained { get; init; } = [];

    /// <summary>
    /// What was lost when the ledger had to be rebuilt, for the device's condition; null when nothing was, or when a later commit
    /// or an operator's resume has settled it.
    /// </summary>
    public string? Damage { get; init; }

    /// <summary>What a good revision was composed of; nothing for any other, and where it was not noted.</summary>
    public ImmutableArray<RevisionPart> PartsOf(string revision) => Good.FirstOrDefault(good => good.Revision == revision)?.Parts ?? [];

    /// <summary>Notes what good revisions were composed of where that was not noted.</summary>
    /// <param name="partsOf">Empty for a revision of which it is not known.</param>
    public RevisionLedger NoteParts(Func<string, ImmutableArray<RevisionPart>> partsOf)
    {
        var noted = Good.Select(good => good.Parts.IsEmpty ? good with { Parts = partsOf(good.Revision) } : good).ToImmutableArray();
        return noted.Zip(Good).All(pair => pair.First.Parts.Length == pair.Second.Parts.Length) ? this : this with { Good = noted };
    }

    /// <summary>The images that a good revision ran; none for any other.</summary>
    public ImmutableArray<PinnedImage> ImagesOf(string revision) => Good.FirstOrDefault(good => good.Revision == revision)?.Images ?? [];

    /// <summary>
    /// Puts the attempt's times on another time line, on which <paramref name="shift"/> has been added: the time in between, of
    /// which nobody knows how long it was, does not count.
    /// </summary>
    public RevisionLedger Shift(TimeSpan shift) =>
        Attempt is { } attempt
            ? this with { Attempt = attempt with { Since = attempt.Since + shift, ApplyingSince = attempt.ApplyingSince + shift, ReadySince = attempt.ReadySince + shift } }
            : this;

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
    /// <param name="good">The revision.</param>
    /// <param name="desired">Its resources.</param>
    /// <param name="keep">How many good revisions the device must be able to go back to, this one included.</param>
    public RevisionLedger Commit(GoodRevision good, DesiredState desired, int keep) => this with
    {
        LastGood = good.Revision,
        Good = [good, .. Good.Where(other => other.Revision != good.Revision).Take(keep - 1)],
        Retained =
        [
            .. Retained.Where(id => !desired.Resources.ContainsKey(id))
                .Concat(desired.Resources.Values.Where(resource => resource.PruneDisabled).Select(resource => resource.Id))
                .Order(),
        ],
        Attempt = null,
        Failed = Failed.RemoveAll(failed => failed.Revision == good.Revision),
        Damage = null,
    };

    /// <summary>The revision failed: it is not chosen again until the source moves, and an attempt at it is over.</summary>
    public RevisionLedger Fail(FailedRevision failure) => this with
    {
        Attempt = Attempt?.Revision == failure.Revision ? null : Attempt,
        Failed = [failure, .. Failed.Where(failed => failed.Revision != failure.Revision).Take(MaximumFailed - 1)],
    };

    /// <summary>An operator's request to try a failed revision once more.</summary>
    public RevisionLedger Retry(string revision) => this with { Failed = Failed.RemoveAll(failed => failed.Revision == revision) };

    /// <summary>An operator's roll-back to a kept revision, which gets a new chance if it failed before.</summary>
    public RevisionLedger PinAt(PinnedRevision revision) => Retry(revision.Revision) with { Pinned = revision };

    /// <summary>Ends an operator's roll-back.</summary>
    public RevisionLedger Release() => this with { Pinned = null };
}

/// <summary>
/// An attempt at a revision. Its times are those of the device's steady clock: they serve to measure, and are not to be shown.
/// </summary>
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

/// <param name="At">By the wall clock, for people.</param>
public sealed record FailedRevision(string Revision, DateTimeOffset At, string Reason, string Message)
{
    /// <summary>Its manifests could not be rendered, so that it was never tried.</summary>
    public bool WasRefused { get; init; }
}

/// <param name="Images">What its modules ran when it was committed.</param>
public sealed record GoodRevision(string Revision, ImmutableArray<PinnedImage> Images)
{
    /// <summary>What it was composed of, so that it can be had again when the device has lost its files; empty where that was not noted.</summary>
    public ImmutableArray<RevisionPart> Parts { get; init; } = [];
}

/// <summary>What one source has in a revision.</summary>
/// <param name="Id">Names the content, whatever the source.</param>
/// <param name="Display">For people.</param>
/// <param name="Hash">SHA-256, in lower-case hex, of the files as the device keeps them.</param>
public sealed record RevisionPart(string Source, string Id, string Display, string Hash);

/// <summary>The very image that a module ran: a tag may name another one by now.</summary>
/// <param name="Target">Whose engine it is on: <see cref="EngineTarget"/>.</param>
/// <param name="Id">The engine's id of it.</param>
/// <param name="Reference">How it can be fetched again, <c>registry/repository@digest</c>; null for one that came from no registry.</param>
public sealed record PinnedImage(ResourceId Module, string Target, string Id, string? Reference);

/// <param name="Revision">The revision to stay at.</param>
/// <param name="Instead">The sources' revision at that time.</param>
public sealed record PinnedRevision(string Revision, string? Instead)
{
    /// <summary>
    /// <see cref="DesiredState.Fingerprint"/> of <see cref="Instead"/>: a commit that leaves it as it is does not end the
    /// roll-back. Null when it is not known; then any commit does.
    /// </summary>
    public string? InsteadFingerprint { get; init; }

    /// <summary>The operator.</summary>
    public string? User { get; init; }
}
