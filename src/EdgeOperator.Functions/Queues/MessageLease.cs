namespace EdgeOperator.Functions.Queues;

/// <summary>Keeps a message unseen while it is worked on: renews it when half of its time is over, until disposal.</summary>
internal sealed class MessageLease : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _renewing;

    public MessageLease(IQueue queue, QueueMessage message, TimeSpan hold, TimeProvider time)
    {
        Latest = message;
        _renewing = RenewAsync(queue, hold, time);
    }

    /// <summary>With its latest receipt; settled after disposal.</summary>
    public QueueMessage Latest { get; private set; }

    public async ValueTask DisposeAsync()
    {
        if (!_end.IsCancellationRequested)
            await _end.CancelAsync();
        await _renewing;
        _end.Dispose();
    }

    private async Task RenewAsync(IQueue queue, TimeSpan hold, TimeProvider time)
    {
        for (var pause = hold / 2; ;)
        {
            try
            {
                await Task.Delay(pause, time, _end.Token);
                if (await queue.RenewAsync(Latest, hold, _end.Token) is not { } renewed)
                    return;
                Latest = renewed;
                pause = hold / 2;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (IOException)
            {
                // There is time for several tries before the hold is over.
                pause = hold / 10;
            }
        }
    }
}
