using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>How long a worker that keeps ending is waited with: the first time not at all, then 1 s, 2 s, 4 s … up to a minute.</summary>
internal static class RestartDelay
{
    /// <summary>A worker that lasted so long counts as well again.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    private static readonly ExponentialDelay Delay = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <param name="failures">In a row, this one included; from 1.</param>
    /// <param name="jitter">From 0 to 1: takes up to half of the delay away, so that many workers do not start as one.</param>
    public static TimeSpan After(int failures, double jitter) => Delay.After(failures - 1) * (1 - (Math.Clamp(jitter, 0, 1) / 2));
}
