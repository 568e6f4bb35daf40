using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Dispatch;

/// <summary>When a function that failed runs again within its invocation.</summary>
internal static class Attempts
{
    private const double Spread = 0.2;

    /// <summary>As in the cloud: of the triggers that there are here, only the timer honours a retry policy. Queues have their own way.</summary>
    public static RetryPolicy? PolicyOf(FunctionDefinition function) =>
        function.Trigger.Type.Equals("timerTrigger", StringComparison.OrdinalIgnoreCase) ? function.Retry : null;

    /// <param name="retries">That there have been.</param>
    /// <param name="jitter">From 0 to 1.</param>
    /// <returns>Null when no attempt is left.</returns>
    public static TimeSpan? DelayAfter(RetryPolicy policy, int retries, double jitter)
    {
        if (policy.MaximumRetries >= 0 && retries >= policy.MaximumRetries)
        {
            return null;
        }

        if (policy.MaximumInterval is not { } maximum)
        {
            return policy.MinimumInterval;
        }

        var growth = Math.Pow(2, Math.Min(retries, 30)) - 1;
        var step = TimeSpan.FromSeconds(2) * (1 - Spread + (jitter * 2 * Spread));
        var seconds = policy.MinimumInterval.TotalSeconds + (growth * step.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Min(seconds, maximum.TotalSeconds));
    }
}
