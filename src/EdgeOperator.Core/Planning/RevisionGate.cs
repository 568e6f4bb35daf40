using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>Which revision a device is kept at, and whether an attempt at one has succeeded.</summary>
public static class RevisionGate
{
    private const int NamedResources = 3;

    /// <summary>
    /// The newest revision, but for two rules: what an operator rolled back to holds until the source moves, and a
    /// revision that failed is not tried again.
    /// </summary>
    /// <param name="newest">The sources' revision; null while it is not known.</param>
    public static Choice Choose(RevisionLedger ledger, string? newest)
    {
        var kept = ledger.Hold is { } hold && newest is not null && newest != hold.Instead ? ledger.Release() : ledger;
        var wanted = kept.Hold?.Revision ?? newest ?? kept.Attempt?.Revision ?? kept.LastGood;

        if (wanted is null)
            return new(kept, null, "NothingFetched", "no source has delivered a revision yet");
        if (kept.LastGood is { } good && kept.Failed.FirstOrDefault(failed => failed.Revision == wanted) is { } failure)
            return new(kept, good, "NewestFailed", $"{wanted} failed ({failure.Message}), so the device stays at the last good revision");
        if (kept.Hold is not null)
            return new(kept, wanted, "Held", "an operator rolled back to this revision; it holds until resume or until the source moves");
        return newest is null
            ? new(kept, wanted, "SourceUnknown", "no source has answered yet, so the device stays where it was")
            : new(kept, wanted, "Newest", "the newest revision of the sources");
    }

    /// <summary>
    /// Judges the attempt under way: commit once every resource has been Ready for the stable time, go back once the
    /// deadline has passed and one is not.
    /// </summary>
    /// <param name="desired">The attempt's resources, which may override both times; the longest counts.</param>
    /// <param name="reports">What <see cref="Readiness"/> says of each of them now.</param>
    /// <param name="isFetching">What could not be fetched before the beginning is on its way: the deadline counts from its arrival.</param>
    /// <exception cref="ArgumentException">A resource has no report, so that nothing can be judged.</exception>
    public static Judgement Judge(
        RevisionLedger ledger,
        DesiredState desired,
        ImmutableArray<ReadinessReport> reports,
        TimeSpan deadline,
        TimeSpan stableFor,
        DateTimeOffset now,
        bool isFetching = false)
    {
        if (reports.Length != desired.Resources.Count)
            throw new ArgumentException("Every desired resource needs a report.", nameof(reports));
        if (ledger.Attempt is not { ApplyingSince: { } since } attempt)
            return new(ledger, new Verdict.Wait(null));

        // A clock that was set back must not stretch the deadline; nobody can answer for an engine that is down.
        var begun = since > now || isFetching || reports.Any(report => report.Level == ReadinessLevel.Unknown) ? now : since;
        var unready = reports
            .Where(report => report.Level is not (ReadinessLevel.Ready or ReadinessLevel.Suspended))
            .OrderByDescending(report => report.Level == ReadinessLevel.Failed)
            .ToList();
        var judged = attempt with { ApplyingSince = begun, ReadySince = unready.Count == 0 ? ReadySince(attempt, reports, now) : null };
        var next = ledger with { Attempt = judged };

        if (judged.ReadySince is { } ready)
        {
            var stable = ready + Longest(desired, stableFor, resource => (resource as ModuleResource)?.Container.StableFor);
            return now >= stable ? new(next.Commit(attempt.Revision, desired), new Verdict.Commit()) : new(next, new Verdict.Wait(stable));
        }

        var limit = begun + Longest(desired, deadline, resource => resource.HealthTimeout);
        if (now < limit)
            return new(next, new Verdict.Wait(unready.Min(report => report.Until) is { } look && look < limit ? look : limit));

        var reason = unready[0].Reason;
        var message = Describe(unready);
        return ledger.LastGood is null
            ? new(next, new Verdict.Stalled(reason, message))
            : new(next.Fail(new(attempt.Revision, now, reason, message)), new Verdict.RollBack(reason, message));
    }

    /// <summary>A restart between two looks, which neither of them saw, breaks the stable time as well.</summary>
    private static DateTimeOffset ReadySince(Attempt attempt, ImmutableArray<ReadinessReport> reports, DateTimeOffset now)
    {
        var since = attempt.ReadySince is { } known && known < now ? known : now;
        var began = reports.Max(report => report.Since) ?? since;
        return began > now ? now : began > since ? began : since;
    }

    private static TimeSpan Longest(DesiredState desired, TimeSpan otherwise, Func<Resource, TimeSpan?> own) =>
        desired.Resources.IsEmpty ? TimeSpan.Zero : desired.Resources.Values.Max(resource => own(resource) ?? otherwise);

    private static string Describe(List<ReadinessReport> unready)
    {
        var named = string.Join("; ", unready.Take(NamedResources).Select(report => $"{report.Resource} is not ready: {report.Message}"));
        return unready.Count > NamedResources ? $"{named}; and {unready.Count - NamedResources} more" : named;
    }
}
