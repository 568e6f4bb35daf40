using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Reporting;

/// <summary>Timing only: tells twins of the device's status when it has changed, at most every few seconds.</summary>
internal sealed class TwinReporting(IReadOnlyCollection<TwinSource> twins, StatusBoard board, SourceSet sources, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs until cancelled; at once without any twin.</summary>
    public Task RunAsync(CancellationToken cancellation) => twins.Count == 0 ? Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation) : Task.WhenAll(twins.Select(t => RunAsync(t, cancellation)));

    private async Task RunAsync(TwinSource twin, CancellationToken cancellation)
    {
        (DeviceStatus Status, DeviceFacts Facts, RevisionStatus? Newest)? known = null;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var now = (board.Status, board.Facts, sources.Newest);
            if (known == now && twin.IsReported)
                continue;
            using var deadline = new CancellationTokenSource(ReportTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                // The loop has seen what the sources have delivered: what it says of the newest revision is about this twin too.
                known = await twin.ReportAsync(now.Facts.In(now.Status), now.Status.Desired == now.Newest, either.Token) ? now : null;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                known = null;
            }
        }
    }
}
