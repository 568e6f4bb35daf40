namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>A worker that has been loaded, and the calls that it is at.</summary>
/// <param name="readyAt">A timestamp of <paramref name="time"/>.</param>
internal sealed class PooledWorker(IWorker worker, long readyAt, TimeProvider time)
{
    // Counts the calls, and one more until it is retired: nothing can enter once it has come to 0.
    private int _holds = 1;
    private int _retired;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IWorker Worker => worker;

    public TimeSpan ReadyFor => time.GetElapsedTime(readyAt);

    public int InFlight => Math.Max(0, Volatile.Read(ref _holds) - 1 + Volatile.Read(ref _retired));

    /// <summary>Completes when it is retired and its last call has ended.</summary>
    public Task Idle => _idle.Task;

    public bool IsRetired => Volatile.Read(ref _retired) != 0;

    public bool TryEnter()
    {
        while (true)
        {
            var holds = Volatile.Read(ref _holds);
            if (holds == 0 || IsRetired)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holds, holds + 1, holds) == holds)
            {
                return true;
            }
        }
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>It gets no more calls.</summary>
    public void Retire()
    {
        if (Interlocked.Exchange(ref _retired, 1) == 0)
        {
            Leave();
        }
    }

    /// <summary>Ends it, with all that it is at; its place gets another one.</summary>
    public void Kill()
    {
        Retire();
        _ = worker.StopAsync(TimeSpan.Zero);
    }
}
