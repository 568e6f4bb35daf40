using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Agent.Sources;

/// <summary>When a source is polled next: pure arithmetic.</summary>
internal static class PollSchedule
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaximumRetry = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The interval, ± 10 % so that a fleet does not ask in step. After failures in a row it starts at 5 s (or the interval,
    /// when that is shorter), doubles, and stays below 5 minutes (or the interval, when that is longer). An interval below a
    /// minute is the operator's own choice of how late is too late: failures never make it longer.
    /// </summary>
    /// <param name="failures">Failures in a row, from 0.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan Delay(TimeSpan interval, int failures, double chance)
    {
        var delay = (failures == 0 ? interval : Retry(interval, failures)) * (0.9 + (0.2 * chance));
        return failures > 0 && interval < Minute ? Min(delay, interval) : delay;
    }

    private static TimeSpan Retry(TimeSpan interval, int failures)
    {
        var first = Min(FirstRetry, interval);
        var limit = interval > MaximumRetry || interval < Minute ? interval : MaximumRetry;
        return new ExponentialDelay(first, limit).After(failures);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
