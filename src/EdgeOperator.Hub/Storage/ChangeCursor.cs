using System.Collections.Immutable;

namespace EdgeOperator.Hub.Storage;

/// <param name="Next">Where to go on reading.</param>
/// <param name="IsFull">There may be more to read at once.</param>
internal sealed record ChangePage(IReadOnlyList<Change> Changes, ChangeCursor Next, bool IsFull);

/// <summary>
/// How far changes have been read. Transactions that run at the same time commit in any order, so a number may appear when greater
/// ones have been read already: what is missing below the last one is a gap, and is looked for again until whoever could fill it
/// has ended.
/// </summary>
/// <param name="Last">The greatest number that was read.</param>
internal sealed record ChangeCursor(long Last)
{
    /// <summary>Ascending, all below <see cref="Last"/>.</summary>
    public ImmutableArray<ChangeGap> Gaps { get; init; } = [];

    /// <param name="numbers">What a snapshot showed of the gaps and of what follows, ascending.</param>
    /// <param name="isComplete">Whether it was all of it, rather than a first part.</param>
    /// <param name="oldestRunning">Every transaction with a smaller id had ended.</param>
    /// <param name="nextTransaction">Every transaction that had begun to write has a smaller id.</param>
    public ChangeCursor Advance(IReadOnlyList<long> numbers, bool isComplete, long oldestRunning, long nextTransaction)
    {
        var seen = isComplete ? long.MaxValue : numbers.Count == 0 ? 0 : numbers[^1];
        var gaps = ImmutableArray.CreateBuilder<ChangeGap>();
        var at = 0;
        foreach (var gap in Gaps)
        {
            var from = gap.From;
            for (; at < numbers.Count && numbers[at] <= gap.To; at++)
            {
                Keep(new(from, numbers[at] - 1, gap.Horizon));
                from = numbers[at] + 1;
            }

            Keep(gap with { From = from });
        }

        var last = Last;
        for (; at < numbers.Count; at++)
        {
            Keep(new(last + 1, numbers[at] - 1, nextTransaction));
            last = numbers[at];
        }

        return new(last) { Gaps = gaps.ToImmutable() };

        void Keep(ChangeGap gap)
        {
            var isDead = gap.Horizon <= oldestRunning && gap.To <= seen;
            if (gap.From <= gap.To && !isDead)
                gaps.Add(gap);
        }
    }
}

/// <summary>Numbers that were given to transactions that had not committed, and perhaps never will.</summary>
/// <param name="Horizon">The transactions that may fill it have smaller ids.</param>
internal readonly record struct ChangeGap(long From, long To, long Horizon);
