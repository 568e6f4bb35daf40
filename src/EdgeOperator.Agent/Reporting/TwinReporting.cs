using System.Text.Json.Nodes;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Agent.Reporting;

/// <summary>Timing only: tells twins of the device's status when it has changed, at most every few seconds.</summary>
internal sealed class TwinReporting(IReadOnlyCollection<TwinSource> sources, StatusBoard board, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs until cancelled; at once without any twin.</summary>
    public Task RunAsync(CancellationToken cancellation) => sources.Count == 0 ? Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation) : Task.WhenAll(sources.Select(s => RunAsync(s, cancellation)));

    private async Task RunAsync(TwinSource source, CancellationToken cancellation)
    {
        JsonObject? known = null;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var report = TwinReport.Of(board.Status);
            if (known is not null && JsonNode.DeepEquals(known, report))
                continue;
            using var deadline = new CancellationTokenSource(ReportTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                known = await source.ReportAsync(report, either.Token) ? report : null;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                known = null;
            }
        }
    }
}
