using System.Diagnostics.CodeAnalysis;

namespace EdgeOperator.Agent.Sources;

/// <summary>Timing only: when one source is polled. What a poll does is the caller's.</summary>
/// <param name="poll">One poll; false when it failed.</param>
/// <param name="scheduled">Is called with the time until the next poll.</param>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
internal sealed class SourcePoller(TimeSpan interval, Func<CancellationToken, Task<bool>> poll, Action<TimeSpan> scheduled, TimeProvider time, Random random)
{
    private readonly SemaphoreSlim _polling = new(1, 1);
    private readonly SemaphoreSlim _woken = new(0, 1);
    private readonly Lock _gate = new();
    private long _begun;
    private long _ended;
    private int _failures;

    /// <summary>Has the loop poll soon; cheap, from any thread.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_woken.CurrentCount == 0)
                _woken.Release();
        }
    }

    /// <summary>Polls at once; returns when a poll that began after this call has ended.</summary>
    public async Task PollAsync(CancellationToken cancellation)
    {
        var begunBefore = Interlocked.Read(ref _begun);
        await _polling.WaitAsync(cancellation);
        try
        {
            // A poll that began while this call waited is as new as the one that it would make.
            if (_ended > begunBefore)
                return;

            var number = Interlocked.Increment(ref _begun);
            _failures = await poll(cancellation) ? 0 : _failures + 1;
            _ended = number;
        }
        finally
        {
            _polling.Release();
        }
    }

    /// <summary>Polls now, and then again whenever it is time or <see cref="Wake"/> is called, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await PollAsync(cancellation);
            var delay = PollSchedule.Delay(interval, _failures, random.NextDouble());
            scheduled(delay);
            await WaitAsync(delay, cancellation);
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var woken = _woken.WaitAsync(over.Token);
        await Task.WhenAny(woken, Task.Delay(delay, time, over.Token));
        await over.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }
}
