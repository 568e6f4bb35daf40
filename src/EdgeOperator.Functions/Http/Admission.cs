using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Http;

/// <summary>How many requests of an app may run, and how many more may wait for their turn.</summary>
internal sealed class Admission(HttpSettings settings) : IDisposable
{
    private readonly SemaphoreSlim? _running = settings.MaxConcurrentRequests >= 0 ? new(Math.Max(1, settings.MaxConcurrentRequests)) : null;
    private int _outstanding;

    /// <summary>Waits for a turn; every one that was given must be given back by <see cref="Release"/>.</summary>
    /// <returns>False when too many wait already.</returns>
    public async ValueTask<bool> AcquireAsync(CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _outstanding) > settings.MaxOutstandingRequests && settings.MaxOutstandingRequests >= 0)
        {
            Interlocked.Decrement(ref _outstanding);
            return false;
        }

        if (_running is null)
            return true;

        try
        {
            await _running.WaitAsync(cancellation);
            return true;
        }
        catch
        {
            Interlocked.Decrement(ref _outstanding);
            throw;
        }
    }

    public void Release()
    {
        Interlocked.Decrement(ref _outstanding);
        _running?.Release();
    }

    public void Dispose() => _running?.Dispose();
}
