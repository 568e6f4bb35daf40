using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Puts a ledger together again whose newest generation is lost, from older ones and from the history. In doubt it takes what
/// changes the least: what failed stays failed, what was suspended stays suspended.
/// </summary>
public static class LedgerRecovery
{
    /// <param name="generations">Those that can be read, in any order.</param>
    /// <param name="lost">The number of the generation that is lost; null when it is not known.</param>
    /// <param name="damage">What happened, for <see cref="RevisionLedger.Damage"/>.</param>
    public static RevisionLedger Recover(ImmutableArray<LedgerGeneration> generations, long? lost, RevisionHistory history, string damage)
    {
        var newest = generations.MaxBy(generation => generation.Number);
        var known = newest?.Ledger ?? RevisionLedger.Empty;
        if (newest is not null && newest.Number >= lost)
            return known with { Damage = damage };

        var lastGood = LastGood(known, history);
        ImmutableArray<FailedRevision> failed =
        [
            .. known.Failed.Where(f => !history.Good.Contains(f.Revision)),
            .. history.Failed.Where(f => f.Revision != lastGood && known.Failed.All(k => k.Revision != f.Revision)),
        ];
        return known with
        {
            LastGood = lastGood,
            Good = [.. history.Good.Select(revision => known.Good.FirstOrDefault(good => good.Revision == revision) ?? new(revision, [])), .. known.Good.Where(g => !history.Good.Contains(g.Revision))],
            Failed = failed,
            Attempt = known.Attempt is { } attempt && attempt.Revision != lastGood && failed.All(f => f.Revision != attempt.Revision) ? attempt : null,

            // With nothing known to go back to, the failed one would be tried again.
            Suspended = generations.Any(generation => generation.Ledger.Suspended) || (lastGood is null && !failed.IsEmpty),
            SuspendedResources = [.. generations.SelectMany(generation => generation.Ledger.SuspendedResources).Distinct().Order()],
            StoppedResources = [.. generations.SelectMany(generation => generation.Ledger.StoppedResources).Distinct().Order()],
            Damage = damage,
        };
    }

    private static string? LastGood(RevisionLedger known, RevisionHistory history) =>
        known.LastGood is { } good && !history.Good.Contains(good) ? good : history.Good.FirstOrDefault() ?? known.LastGood;
}

/// <summary>A ledger as it was saved once.</summary>
/// <param name="Number">One more with each time it is saved, from 1.</param>
public sealed record LedgerGeneration(long Number, RevisionLedger Ledger);

/// <summary>How revisions ended the last time that they ran.</summary>
/// <param name="Good">Those that were committed, the newest first.</param>
/// <param name="Failed">Those that ran and failed, the newest first.</param>
public sealed record RevisionHistory(ImmutableArray<string> Good, ImmutableArray<FailedRevision> Failed);
