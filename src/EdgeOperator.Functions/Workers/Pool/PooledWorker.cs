using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>A worker that has been loaded, and the calls that it is at.</summary>
/// <param name="readyAt">A timestamp of <paramref name="time"/>.</param>
internal sealed class PooledWorker(IWorker worker, long readyAt, TimeProvider time)
{
    private readonly InFlightCounter _calls = new();

    public IWorker Worker => worker;

    public TimeSpan ReadyFor => time.GetElapsedTime(readyAt);

    public int InFlight => _calls.Count;

    /// <summary>Completes when it is retired and its last call has ended.</summary>
    public Task Drained => _calls.Drained;

    public bool IsRetired => _calls.IsDraining;

    /// <inheritdoc cref="InFlightCounter.TryAcquire"/>
    public bool TryAcquire() => _calls.TryAcquire();

    public void Release() => _calls.Release();

    /// <summary>It gets no more calls.</summary>
    public void Retire() => _calls.Drain();

    /// <summary>Ends it, with all that it is at; its place gets another one.</summary>
    public void Kill()
    {
        Retire();
        _ = worker.StopAsync(TimeSpan.Zero);
    }
}
