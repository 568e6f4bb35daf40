using EdgeOperator.Functions.Workers.Forwarding;

namespace EdgeOperator.Functions.Dispatch;

/// <summary>Ends a call when the function has used up its time limit; time that the client takes does not count as the function's.</summary>
internal sealed class FunctionTimer : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly ClientTime? _client;
    private readonly CancellationTokenSource _ending;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _waitedBefore;
    private readonly ITimer _timer;

    /// <param name="client">Null for calls that no client takes part in.</param>
    /// <param name="ending">Cancelled when the time is over.</param>
    public FunctionTimer(TimeSpan limit, ClientTime? client, CancellationTokenSource ending, TimeProvider time)
    {
        (_limit, _client, _ending, _time) = (limit, client, ending, time);
        _started = time.GetTimestamp();
        _waitedBefore = client?.Waited ?? TimeSpan.Zero;
        // Armed only once the field is set: Elapse arms it again.
        _timer = time.CreateTimer(static timer => ((FunctionTimer)timer!).Elapse(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null until the call is ended; then whether the function took the time, and not the client.</summary>
    public bool? IsTimeout { get; private set; }

    public void Dispose() => _timer.Dispose();

    private void Elapse()
    {
        var left = _limit - _time.GetElapsedTime(_started) + (_client?.Waited - _waitedBefore ?? TimeSpan.Zero);
        if (left > TimeSpan.Zero && _client is not { IsAwaited: true })
        {
            // The client took time, or the timer, which counts whole milliseconds, is early. Less than one would go off at once, again and again.
            _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return;
        }

        IsTimeout = left <= TimeSpan.Zero;
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended meanwhile.
        }
    }
}
