namespace EdgeOperator.Functions.Timers;

/// <summary>What is remembered of a timer.</summary>
/// <param name="Last">When it ran last; null when it has not since its schedule was set.</param>
/// <param name="Next">When it is due; <see cref="DateTimeOffset.MaxValue"/> for never.</param>
/// <param name="Updated">What <paramref name="Next"/> was computed from.</param>
public sealed record TimerStatus(DateTimeOffset? Last, DateTimeOffset Next, DateTimeOffset Updated);

/// <summary>What a timer does when. Pure.</summary>
public static class TimerPlan
{
    // A device's clock may be put back; by less than this it is corrected, and nothing is due twice.
    private static readonly TimeSpan Correction = TimeSpan.FromMinutes(1);

    /// <summary>A timer that has not run yet.</summary>
    public static TimerStatus New(Schedule schedule, DateTimeOffset now) => new(null, Next(schedule, now), now);

    /// <summary>
    /// A timer that begins to be watched: what was missed meanwhile is past due, however often it was missed. A schedule
    /// that was edited since misses nothing.
    /// </summary>
    public static (TimerStatus Status, bool IsPastDue) Begin(Schedule schedule, TimerStatus? stored, DateTimeOffset now)
    {
        if (stored is null)
            return (New(schedule, now), false);

        var since = stored.Last ?? stored.Updated;
        var expected = Next(schedule, since);
        if (expected == stored.Next)
            return ClockWasSetBack(stored, now) ? (New(schedule, now), false) : (stored, now > stored.Next);
        return (expected < now ? New(schedule, now) : new(null, expected, since), false);
    }

    /// <summary>After a run; a run that took longer than the period leaves the next one due at once.</summary>
    /// <param name="started">When the run began.</param>
    public static TimerStatus Ran(Schedule schedule, TimerStatus status, DateTimeOffset started, bool scheduled)
    {
        // Never before the time it was for, or the same time would come again.
        var at = scheduled && status.Next > started ? status.Next : started;
        return new(at, Next(schedule, at), at);
    }

    /// <summary>While waiting: the same, unless the device's clock was put back meanwhile.</summary>
    public static TimerStatus Waiting(Schedule schedule, TimerStatus status, DateTimeOffset now) =>
        ClockWasSetBack(status, now) ? New(schedule, now) : status;

    private static bool ClockWasSetBack(TimerStatus status, DateTimeOffset now) => now < status.Updated - Correction;

    private static DateTimeOffset Next(Schedule schedule, DateTimeOffset after) => schedule.Next(after) ?? DateTimeOffset.MaxValue;
}
