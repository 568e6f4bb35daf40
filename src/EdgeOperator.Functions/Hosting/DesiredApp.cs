using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Functions.Hosting;

/// <summary>What was asked for last, with a number that tells one wish from the next. Safe for use by many threads.</summary>
internal sealed class DesiredApp
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _working;
    private AppRequest? _request;
    private long _number;
    private long _seen;

    public (AppRequest? Request, long Number) Current
    {
        get
        {
            lock (_lock)
                return (_request, _number);
        }
    }

    public void Set(AppRequest request)
    {
        lock (_lock)
        {
            _request = request;
            Change();
        }
    }

    public void Renew()
    {
        lock (_lock)
            Change();
    }

    /// <summary>Cancelled when something else is wished for.</summary>
    public CancellationTokenSource WhileCurrent(long number, CancellationToken cancellation)
    {
        var working = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_lock)
        {
            _working = working;
            if (number != _number)
                working.Cancel();
        }

        return working;
    }

    /// <summary>Waits for a wish that <see cref="WaitAsync"/> has not told of, or for a time.</summary>
    /// <param name="until">Null for no limit.</param>
    public async Task WaitAsync(DateTimeOffset? until, TimeProvider time, CancellationToken cancellation)
    {
        Task changed;
        lock (_lock)
        {
            if (_seen != _number)
            {
                _seen = _number;
                return;
            }

            changed = _changed.Task;
        }

        if (until is null)
        {
            await changed.WaitAsync(cancellation);
        }
        else if (until - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(changed, Task.Delay(wait, time, end.Token));
            await end.CancelAsync();
        }

        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
            _seen = _number;
    }

    private void Change()
    {
        _number++;
        try
        {
            _working?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // That work has ended by itself.
        }

        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
