using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli;

/// <summary>What a device shows at one moment.</summary>
internal sealed record DeviceSnapshot(DeviceStatus Status, ImmutableArray<HistoryRecord> History, ImmutableArray<EventRecord> Events);

/// <summary>Follows a device to the health gate, showing how it goes.</summary>
/// <param name="look">Looks at the device; the events are those after the given id.</param>
internal sealed class Following(Call call, Func<long, CancellationToken, Task<DeviceSnapshot>> look)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private long _lastEvent;

    /// <summary>The device as it was seen last.</summary>
    public DeviceStatus? Last { get; private set; }

    /// <summary>Has the device reconcile, and returns what the gate decided.</summary>
    /// <param name="wait">Follow until it has decided; otherwise only the pass is waited for, and null means undecided.</param>
    /// <exception cref="UserError">The time is over; the exit code says so.</exception>
    public async Task<GateResult?> RunAsync(Func<CancellationToken, Task> reconcile, bool wait, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, call.Terminal.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            // Earlier events are not printed again.
            _lastEvent = (await look(0, ended.Token)).Events is [.., var newest] ? newest.Id : 0;
            await reconcile(ended.Token);
            return wait ? await FollowAsync(ended.Token) : await JudgeAsync(ended.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new UserError(ExitCode.TimedOut, $"not healthy within {Output.Times.Span(timeout)}: {(Last is null ? "the sources have not answered" : HealthGate.Missing(Last))}");
        }
    }

    private async Task<GateResult?> FollowAsync(CancellationToken cancellation)
    {
        GateResult? result = null;
        var statuses = StatusesAsync(decided => result = decided, cancellation);
        if (call.Printer.IsDrawn)
        {
            await LiveStatus.DrawAsync(statuses, call.Printer, cancellation);
            return result;
        }

        await foreach (var _ in statuses)
        {
        }

        return result;
    }

    private async Task<GateResult?> JudgeAsync(CancellationToken cancellation)
    {
        var (status, history, events) = await look(_lastEvent, cancellation);
        Last = status;
        if (!call.Printer.IsDrawn && !call.Printer.IsDocument)
            Print(events);

        return HealthGate.Judge(status, history);
    }

    private async IAsyncEnumerable<DeviceStatus> StatusesAsync(Action<GateResult> decide, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, call.Terminal.Time);
        do
        {
            var result = await JudgeAsync(cancellation);
            yield return Last!;
            if (result is not null)
            {
                decide(result);
                yield break;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private void Print(ImmutableArray<EventRecord> events)
    {
        foreach (var record in events)
        {
            call.Printer.PrintLine(EventTable.Line(record));
            _lastEvent = record.Id;
        }
    }
}
