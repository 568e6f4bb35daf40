namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// Lets so many devices log in at once that those already connected get their turn at the store too. When thousands come back together, the
/// others wait in the order in which they have come: many clients never try again when their first CONNECT is refused.
/// </summary>
internal sealed class LoginAdmission(TimeProvider time) : IDisposable
{
    public const int MostAtOnce = 64;

    /// <summary>Less than the half minute after which clients give up.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _places = new(MostAtOnce);

    /// <returns>To be disposed after the login; null when there is no place in time.</returns>
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
        using var timeout = new CancellationTokenSource(LongestWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, gone);
        try
        {
            await _places.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return false;
        }
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
