namespace EdgeOperator.Hub.Mqtt;

/// <summary>Lets so many do something at once; the others wait in the order in which they have come.</summary>
/// <param name="longestWait">Who has got no place by then gets none.</param>
internal abstract class Admission(int mostAtOnce, TimeSpan longestWait, HubMetrics metrics, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(mostAtOnce);

    protected TimeProvider Time => time;

    /// <returns>To be disposed when it is done; null when there is no place in time.</returns>
    /// <exception cref="OperationCanceledException">Whoever waits has gone.</exception>
    public async Task<IDisposable?> EnterAsync(CancellationToken gone)
    {
        // Without a timer where there is nothing to wait for.
        if (!_places.Wait(0, CancellationToken.None) && !await WaitAsync(gone))
            return null;
        return new Place(_places);
    }

    public void Dispose() => _places.Dispose();

    private async Task<bool> WaitAsync(CancellationToken gone)
    {
        using var timeout = new CancellationTokenSource(longestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gone);
        metrics.Waiting(1);
        try
        {
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            metrics.Waiting(-1);
        }
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                places.Release();
        }
    }
}
