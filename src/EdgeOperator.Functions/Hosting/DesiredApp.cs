using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Functions.Hosting;

/// <summary>The app that was requested last. Safe for use by many threads.</summary>
internal sealed class DesiredApp
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _working;
    private AppRequest? _request;
    private long _number;
    private long _reloadNumber;
    private long _seen;

    public DesiredRequest Current
    {
        get
        {
            lock (_lock)
                return new(_request, _number, _reloadNumber);
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

    /// <summary>Requests once more what was requested last, even if it is loaded.</summary>
    public void Reload()
    {
        lock (_lock)
        {
            Change();
            _reloadNumber = _number;
        }
    }

    /// <summary>Cancelled when something else is requested.</summary>
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

    /// <summary>Waits for a request that <see cref="WaitAsync"/> has not returned for yet, or for a time.</summary>
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

/// <param name="Request">Null before the first.</param>
/// <param name="Number">Tells one request from the next; 0 before the first.</param>
/// <param name="ReloadNumber">What was loaded for a request before this number must be loaded again.</param>
internal sealed record DesiredRequest(AppRequest? Request, long Number, long ReloadNumber);
