using System.Diagnostics.CodeAnalysis;
using EdgeOperator.Platform.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Loop;

/// <summary>When the loop should look again although nothing woke it.</summary>
/// <param name="At">The time of the next pass, by the loop's own clock; null leaves it to the interval. A time that has passed means at once.</param>
public readonly record struct RequeueAfter(DateTimeOffset? At);

/// <summary>
/// Timing only: when to run the next pass. What a pass does stands in the Reconciler. Events wake the loop,
/// a slow resync guards against a missed one, and a newer revision interrupts the pass that is under way.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
public sealed partial class ReconcileLoop(
    Func<CancellationToken, Task<RequeueAfter>> pass, TimeSpan interval, TimeProvider time, Random random, ILogger logger)
{
    /// <summary>Between the beginnings of two passes: a burst of events is answered by one pass, not by one each.</summary>
    private static readonly TimeSpan MinimumGap = TimeSpan.FromMilliseconds(10);

    private static readonly ExponentialDelay Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private TaskCompletionSource _nextPass = NewSignal();
    private CancellationTokenSource? _running;

    /// <summary>Asks for a pass soon; cheap, from any thread.</summary>
    public void Wake(string why)
    {
        LogWoken(why);
        lock (_gate)
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    /// <summary>As <see cref="Wake"/>, and ends the pass under way: what it works on is out of date.</summary>
    public void Interrupt(string why)
    {
        lock (_gate)
            _ = _running?.CancelAsync(); // Not Cancel: what waits for the token would go on here, under the lock.
        Wake(why);
    }

    /// <summary>Asks for a pass and returns when one that began after this call has ended.</summary>
    public Task PassAsync(string why, CancellationToken cancellation)
    {
        Task ended;
        lock (_gate)
            ended = _nextPass.Task;
        Wake(why);
        return ended.WaitAsync(cancellation);
    }

    /// <summary>Runs <paramref name="change"/> while no pass is under way, interrupting one that is; a pass follows.</summary>
    public async Task BetweenPassesAsync(string why, Action change, CancellationToken cancellation)
    {
        Interrupt(why);
        await _turn.WaitAsync(cancellation);
        try
        {
            change();
        }
        finally
        {
            _turn.Release();
        }

        Wake(why);
    }

    /// <summary>Runs <paramref name="action"/> once the pass under way has ended and before the next one begins, which follows.</summary>
    /// <returns>What the action returned.</returns>
    public async Task<T> RunBetweenPassesAsync<T>(string why, Func<Task<T>> action, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await action();
        }
        finally
        {
            _turn.Release();
            Wake(why);
        }
    }

    /// <summary>Runs passes until cancelled; a pass that throws is logged and tried again, ever more slowly.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            RequeueAfter next;
            try
            {
                next = await RunPassAsync(cancellation);
                failures = 0;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                next = new(time.GetUtcNow());
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                var delay = Retry.After(++failures);
                LogPassFailed(e, delay);
                next = new(time.GetUtcNow() + delay);
            }

            await WaitAsync(began, next, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<RequeueAfter> RunPassAsync(CancellationToken cancellation)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TaskCompletionSource ended;
        await _turn.WaitAsync(cancellation);
        lock (_gate)
        {
            _running = running;
            ended = _nextPass;
            _nextPass = NewSignal();
        }

        try
        {
            return await pass(running.Token);
        }
        finally
        {
            lock (_gate)
                _running = null;
            _turn.Release();
            ended.TrySetResult();
        }
    }

    private async Task WaitAsync(long began, RequeueAfter next, CancellationToken cancellation)
    {
        var gap = MinimumGap - time.GetElapsedTime(began);
        if (gap > TimeSpan.Zero)
            await Task.Delay(gap, time, cancellation);
        var now = time.GetUtcNow();
        var resync = interval * (0.9 + (0.2 * random.NextDouble()));
        var due = next.At is { } at && at - now < resync ? at - now : resync;
        if (due <= TimeSpan.Zero)
            return;

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var woken = _wake.WaitAsync(timer.Token);
        await Task.WhenAny(woken, Task.Delay(due, time, timer.Token));
        await timer.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
