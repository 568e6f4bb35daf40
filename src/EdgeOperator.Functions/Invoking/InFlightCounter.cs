namespace EdgeOperator.Functions.Invoking;

/// <summary>Counts what is in flight. While it drains nothing new is admitted, and it reports when the last has ended.</summary>
internal sealed class InFlightCounter
{
    // One more than is in flight until draining begins: nothing can be admitted once it has come to 0.
    private int _count = 1;
    private int _isDraining;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => Math.Max(0, Volatile.Read(ref _count) - 1 + Volatile.Read(ref _isDraining));

    public bool IsDraining => Volatile.Read(ref _isDraining) != 0;

    /// <summary>Completes when it drains and nothing is in flight any more.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Adds one; <see cref="Release"/> must follow.</summary>
    /// <returns>False while it drains.</returns>
    public bool TryAcquire()
    {
        while (true)
        {
            var count = Volatile.Read(ref _count);
            if (count == 0 || IsDraining)
                return false;
            if (Interlocked.CompareExchange(ref _count, count + 1, count) == count)
                return true;
        }
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _drained.TrySetResult();
    }

    /// <summary>Admits nothing from now on. May be called again.</summary>
    public void Drain()
    {
        if (Interlocked.Exchange(ref _isDraining, 1) == 0)
            Release();
    }
}
