using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Processes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>One of an app's instances: keeps a worker in its place, whatever happens to it.</summary>
internal sealed partial class WorkerSlot(int index, WorkerStarter starter, Standby? standby, PoolSettings settings, Action changed, TimeProvider time, ILogger logger)
{
    private readonly List<PooledWorker> _retiring = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource<string> _recycle = NewSignal();
    private volatile InstanceState _state;
    private int _failures;

    public PooledWorker? Current { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>Has the worker replaced once another one is ready; it finishes what it does.</summary>
    public void Recycle(string reason) => _recycle.TrySetResult(reason);

    public IEnumerable<InstanceReport> Report()
    {
        PooledWorker[] retiring;
        lock (_lock)
        {
            retiring = [.. _retiring];
        }

        yield return Of(Current, _state);
        foreach (var worker in retiring)
        {
            yield return Of(worker, InstanceState.Draining);
        }

        InstanceReport Of(PooledWorker? worker, InstanceState state) => new(
            index, worker?.Worker.ProcessId ?? 0, InstanceReport.WordOf(state), worker?.InFlight ?? 0, Restarts, worker is null ? 0 : ProcessMemory.Of(worker.Worker.ProcessId));
    }

    /// <summary>Every worker that this place has.</summary>
    public PooledWorker[] All()
    {
        lock (_lock)
        {
            return [.. _retiring, .. Current is { } current ? [current] : Array.Empty<PooledWorker>()];
        }
    }

    public void Put(PooledWorker worker)
    {
        _recycle = NewSignal();
        lock (_lock)
        {
            Current = worker;
        }

        _state = InstanceState.Ready;
        changed();
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var worker = Current ?? await FindAsync(cancellation);
            if (Current is null)
            {
                Put(worker);
            }

            var recycle = _recycle.Task;
            if (await Task.WhenAny(worker.Worker.Ended, recycle).WaitAsync(cancellation) == recycle && !worker.Worker.Ended.IsCompleted)
            {
                await ReplaceAsync(worker, await recycle, cancellation);
            }
            else
            {
                await ClearAsync(worker);
            }
        }
    }

    private async Task ClearAsync(PooledWorker worker)
    {
        worker.Retire();
        lock (_lock)
        {
            Current = null;
        }

        _state = InstanceState.Starting;
        changed();
        LogLost(index, worker.Worker.ProcessId, await worker.Worker.Ended);
        await worker.Worker.DisposeAsync();
        _failures = worker.ReadyFor > RestartDelay.Healthy ? 1 : _failures + 1;
        Restarts++;
    }

    // A standby goes first: but where workers end as soon as they are called, it has to wait as any other would.
    private async Task<PooledWorker> FindAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var delay = RestartDelay.After(_failures, Random.Shared.NextDouble());
            if (delay > TimeSpan.Zero && (standby?.Worker is null || _failures > 3))
            {
                _state = InstanceState.Waiting;
                LogWaiting(index, delay.TotalSeconds);
                await Task.Delay(delay, time, cancellation);
            }

            _state = InstanceState.Starting;
            if (standby?.Take() is { } ready)
            {
                return ready;
            }

            try
            {
                return await starter.StartAsync(cancellation);
            }
            catch (AppException e)
            {
                _failures++;
                LogFailed(index, e.Message);
            }
        }
    }

    private async Task ReplaceAsync(PooledWorker worker, string reason, CancellationToken cancellation)
    {
        PooledWorker successor;
        try
        {
            successor = standby?.Take() ?? await starter.StartAsync(cancellation);
        }
        catch (AppException e)
        {
            // The old one is better than none; the next look at it will ask again.
            LogFailed(index, e.Message);
            _recycle = NewSignal();
            return;
        }

        LogRecycled(index, worker.Worker.ProcessId, reason);
        lock (_lock)
        {
            _retiring.Add(worker);
        }

        Put(successor);
        worker.Retire();
        Restarts++;
        _ = RetireAsync(worker);
    }

    private async Task RetireAsync(PooledWorker worker)
    {
        await Task.WhenAny(worker.Drained, worker.Worker.Ended, Task.Delay(settings.DrainLimit, time));
        await worker.Worker.StopAsync(settings.StopGrace);
        lock (_lock)
        {
            _retiring.Remove(worker);
        }

        await worker.Worker.DisposeAsync();
    }

    private static TaskCompletionSource<string> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(2100, LogLevel.Error, "Worker {Index} (process {ProcessId}) {Reason}")]
    private partial void LogLost(int index, int processId, string reason);

    [LoggerMessage(2101, LogLevel.Error, "Worker {Index} can't be started: {Message}")]
    private partial void LogFailed(int index, string message);

    [LoggerMessage(2102, LogLevel.Warning, "Worker {Index} is started again in {Seconds:0.0} s")]
    private partial void LogWaiting(int index, double seconds);

    [LoggerMessage(2103, LogLevel.Information, "Worker {Index} (process {ProcessId}) is replaced: {Reason}")]
    private partial void LogRecycled(int index, int processId, string reason);
}
