namespace EdgeOperator.Platform.Timing;

/// <summary>The pace of one loop that polls. While there is nothing to poll there is no timer either: each wakes the processor, also of a device that has nothing to do.</summary>
/// <param name="interval">Between two polls.</param>
public sealed class PollTimer(TimeSpan interval, TimeProvider time)
{
    private readonly WakeSignal _wake = new();

    /// <summary>There may be something to poll now. Any thread may call it.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Waits for an interval, and before that for as long as there is nothing to poll.</summary>
    /// <param name="isNeeded">Whether there is something to poll; is asked again after each <see cref="Wake"/>.</param>
    public async Task NextAsync(Func<bool> isNeeded, CancellationToken cancellation)
    {
        for (var woken = _wake.Next(); !isNeeded(); woken = _wake.Next())
            await woken.WaitAsync(cancellation);
        await Task.Delay(interval, time, cancellation);
    }
}
