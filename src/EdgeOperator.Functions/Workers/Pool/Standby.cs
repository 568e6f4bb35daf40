using EdgeOperator.Functions.App;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>Keeps one worker loaded and idle.</summary>
internal sealed partial class Standby(WorkerStarter starter, TimeProvider time, ILogger logger)
{
    // The one that was taken has requests that waited for it: the start of another would slow them down.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private TaskCompletionSource _taken = NewSignal();

    public PooledWorker? Worker { get; private set; }

    /// <summary>Whether one is being started.</summary>
    public bool IsStarting { get; private set; }

    /// <returns>Null when none is ready.</returns>
    public PooledWorker? Take()
    {
        lock (_lock)
        {
            var worker = Worker is { Worker.Ended.IsCompleted: false } ? Worker : null;
            if (worker is not null)
            {
                Worker = null;
                _taken.TrySetResult();
            }

            return worker;
        }
    }

    /// <summary>Starts another one whenever there is none.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ;)
        {
            try
            {
                IsStarting = true;
                var worker = await starter.StartAsync(cancellation);
                IsStarting = false;
                var taken = Offer(worker);
                if (await Task.WhenAny(taken, worker.Worker.Ended).WaitAsync(cancellation) == taken)
                {
                    failures = 0;
                    await Task.Delay(Breath, time, cancellation);
                    continue;
                }

                if (!Withdraw(worker))
                {
                    continue;
                }

                LogLost(await worker.Worker.Ended);
                await worker.Worker.DisposeAsync();
                failures = worker.ReadyFor > RestartDelay.Healthy ? 1 : failures + 1;
            }
            catch (AppException e)
            {
                LogFailed(e.Message);
                failures++;
            }

            IsStarting = false;
            await Task.Delay(RestartDelay.After(failures, Random.Shared.NextDouble()), time, cancellation);
        }
    }

    private Task Offer(PooledWorker worker)
    {
        lock (_lock)
        {
            _taken = NewSignal();
            Worker = worker;
            return _taken.Task;
        }
    }

    private bool Withdraw(PooledWorker worker)
    {
        lock (_lock)
        {
            if (Worker != worker)
            {
                return false;
            }

            Worker = null;
            return true;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(2110, LogLevel.Warning, "The standby worker {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(2111, LogLevel.Error, "The standby worker can't be started: {Message}")]
    private partial void LogFailed(string message);
}
