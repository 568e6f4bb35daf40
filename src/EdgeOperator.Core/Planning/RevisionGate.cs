using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>Which revision a device is kept at, and whether an attempt at one has succeeded.</summary>
public static class RevisionGate
{
    private const int NamedResources = 3;

    /// <summary>
    /// The newest revision, but for two rules: what an operator rolled back to holds until a commit changes what the device is made
    /// of, and a revision that failed is not tried again.
    /// </summary>
    /// <param name="newest">The sources' revision; null while it is not known.</param>
    /// <param name="fingerprint"><see cref="DesiredState.Fingerprint"/> of the newest revision; null when it can't be read, and so changes nothing.</param>
    public static ResolvedRevision Choose(RevisionLedger ledger, string? newest, string? fingerprint = null)
    {
        var kept = ledger.Pinned is { } hold && IsOver(hold, newest, fingerprint) ? ledger.Release() : ledger;
        var wanted = kept.Pinned?.Revision ?? newest ?? kept.Attempt?.Revision ?? kept.LastGood;

        if (wanted is null)
            return new(kept, null, "NothingFetched", "no source has delivered a revision yet");
        if (kept.LastGood is { } good && kept.Failed.FirstOrDefault(failed => failed.Revision == wanted) is { } failure)
            return new(kept, good, "NewestFailed", $"{wanted} failed ({failure.Message}), so the device stays at the last good revision");
        if (kept.Pinned is not null)
            return new(kept, wanted, "Held", "an operator rolled back to this revision; it holds until resume or until a commit changes what the device is made of");
        return newest is null
            ? new(kept, wanted, "SourceUnknown", "no source has answered yet, so the device stays where it was")
            : new(kept, wanted, "Newest", "the newest revision of the sources");
    }

    /// <summary>
    /// Judges the attempt under way: commit once every resource has been Ready for the stable time, go back once one of them has
    /// had its time and is not Ready, or can never be.
    /// </summary>
    /// <exception cref="ArgumentException">A resource has no report, so that nothing can be judged.</exception>
    public static GateDecision Judge(RevisionLedger ledger, Evidence evidence, GateTimes times, DateTimeOffset now)
    {
        var (desired, reports) = (evidence.Desired, evidence.Reports);
        if (reports.Length != desired.Resources.Count)
            throw new ArgumentException("Every desired resource needs a report.", nameof(evidence));
        if (ledger.Attempt is not { } attempt)
            return new(ledger, new Verdict.Wait(null));
        if (attempt.ApplyingSince is not { } since)
            return new(ledger, JudgeFetching(attempt, evidence, times, now));

        // Nobody can answer for an engine that is down, and a revision does not answer for the device.
        var isExcused = evidence.IsFetching || evidence.DeviceFault is not null || reports.Any(report => report.Level == ReadinessLevel.Unknown);
        var begun = since > now || isExcused ? now : since;
        var unready = reports
            .Where(report => report.Level is not (ReadinessLevel.Ready or ReadinessLevel.Suspended or ReadinessLevel.Waiting))
            .OrderByDescending(report => report.Level == ReadinessLevel.Failed)
            .ToList();
        var judged = attempt with { ApplyingSince = begun, ReadySince = unready.Count == 0 ? ReadySince(attempt, reports, now) : null };
        var next = ledger with { Attempt = judged };

        if (judged.ReadySince is { } ready)
        {
            var stable = ready + LongestStable(desired, times.StableFor);
            return now >= stable
                ? new(next.Commit(new(attempt.Revision, evidence.Images) { Parts = evidence.Parts }, desired, times.KeepRevisions), new Verdict.Commit())
                : new(next, new Verdict.Wait(stable));
        }

        if (evidence.TerminalFailure is { } hopeless)
            return GiveUp(next, attempt, hopeless.Reason, hopeless.Message, evidence.WallClock);

        var limits = new HealthLimits(desired, times.Deadline);
        var overdue = unready.Where(report => now >= begun + LimitOf(report)).ToList();
        if (overdue.Count == 0)
        {
            var limit = begun + unready.Min(LimitOf);
            return new(next, new Verdict.Wait(unready.Min(report => report.Until) is { } look && look < limit ? look : limit));
        }

        return GiveUp(next, attempt, overdue[0].Reason, Describe([.. overdue, .. unready.Except(overdue)]), evidence.WallClock);

        // What was started for this attempt gets the time that the host had for others meanwhile: a revision does not answer for that.
        TimeSpan LimitOf(ReadinessReport report) => limits.Of(report.Resource) + (report.HostDelay is { } delay && delay.Since >= attempt.Since ? delay.Counting(now) : TimeSpan.Zero);
    }

    /// <summary>Fetching may take its time, and goes on in any case; but a revision that can't be fetched says so after its deadline.</summary>
    private static Verdict JudgeFetching(Attempt attempt, Evidence evidence, GateTimes times, DateTimeOffset now) =>
        evidence.FetchFailure is not { } failure ? new Verdict.Wait(null)
        : now < attempt.Since + times.Deadline ? new Verdict.Wait(attempt.Since + times.Deadline)
        : new Verdict.Stalled(failure.Reason, failure.Message);

    private static GateDecision GiveUp(RevisionLedger ledger, Attempt attempt, string reason, string message, DateTimeOffset wallClock) => ledger.LastGood is null
        ? new(ledger, new Verdict.Stalled(reason, message))
        : new(ledger.Fail(new(attempt.Revision, wallClock, reason, message)), new Verdict.RollBack(reason, message));

    private static bool IsOver(PinnedRevision hold, string? newest, string? fingerprint) =>
        newest is not null && newest != hold.Instead
        && (hold.InsteadFingerprint is null || (fingerprint is not null && fingerprint != hold.InsteadFingerprint));

    /// <summary>A restart between two looks, which neither of them saw, breaks the stable time as well.</summary>
    private static DateTimeOffset ReadySince(Attempt attempt, ImmutableArray<ReadinessReport> reports, DateTimeOffset now)
    {
        var since = attempt.ReadySince is { } known && known < now ? known : now;
        var began = reports.Max(report => report.Since) ?? since;
        return began > now ? now : began > since ? began : since;
    }

    private static TimeSpan LongestStable(DesiredState desired, TimeSpan otherwise) =>
        desired.Resources.IsEmpty ? TimeSpan.Zero : desired.Resources.Values.Max(resource => resource.StableFor ?? otherwise);

    private static string Describe(List<ReadinessReport> unready)
    {
        var named = string.Join("; ", unready.Take(NamedResources).Select(report => $"{report.Resource} is not ready: {report.FullExplanation}"));
        return unready.Count > NamedResources ? $"{named}; and {unready.Count - NamedResources} more" : named;
    }
}
