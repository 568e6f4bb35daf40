using EdgeOperator.Functions.Metrics;

namespace EdgeOperator.Functions.Hosting;

/// <summary>Gives the memory back that a start or a busy time has taken, once functions have had nothing to do for a while.</summary>
internal sealed class IdleTrim(FunctionMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var (last, trimmed) = (-1L, -1L);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Quiet, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = metrics.Invocations;
            if (now == last && now != trimmed)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                trimmed = now;
            }

            last = now;
        }
    }
}
