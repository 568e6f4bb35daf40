namespace EdgeOperator.Platform.Timing;

/// <summary>Wakes one loop that looks at something, waits, and looks again. Any thread may set it.</summary>
public sealed class WakeSignal
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Call it before looking: whoever sets the signal from here on has changed what that look may miss.</summary>
    /// <returns>Ends when the signal is set.</returns>
    public Task Next() => (_next = New()).Task;

    public void Set() => _next.TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
