namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>Ends a download that a change of the twin may have made useless. One runs at a time.</summary>
internal sealed class OutdatedDownload
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;

    /// <summary>The twin has changed: a download that is under way ends.</summary>
    public void Outdate()
    {
        lock (_gate)
            _running?.Cancel();
    }

    /// <returns>False when it was ended by <see cref="Outdate"/>.</returns>
    public async Task<bool> RunAsync(Func<CancellationToken, Task> download, CancellationToken cancellation)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_gate)
            _running = running;
        try
        {
            await download(running.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            lock (_gate)
                _running = null;
        }
    }
}
