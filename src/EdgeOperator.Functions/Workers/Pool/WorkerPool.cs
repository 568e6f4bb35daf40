using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Processes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.Pool;

/// <summary>An app's workers: who asks gets the least busy one, or waits for one that is being started.</summary>
public sealed class WorkerPool : IAsyncDisposable
{
    private readonly PoolSettings _settings;
    private readonly TimeProvider _time;
    private readonly WorkerStarter _starter;
    private readonly Standby? _standby;
    private readonly ImmutableArray<WorkerSlot> _slots;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private volatile PooledWorker[] _ready = [];
    private TaskCompletionSource _becameReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _turn;

    public WorkerPool(FunctionApp app, IWorkerFactory factory, PoolSettings settings, TimeProvider time, ILogger<WorkerPool> logger)
    {
        _settings = settings;
        _time = time;
        _starter = new(app, factory, time);
        _standby = settings.Standby ? new(_starter, time, logger) : null;
        _slots = [.. Enumerable.Range(0, settings.Instances).Select(i => new WorkerSlot(i, _starter, _standby, settings, Refresh, time, logger))];
    }

    /// <summary>The app; once started, with the functions that can run.</summary>
    public FunctionApp App => _starter.App;

    /// <summary>Starts every instance and waits until all are ready. A standby follows behind.</summary>
    /// <exception cref="AppException">One of them can't be started: none is left behind then.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            _slots[0].Put(await _starter.StartFirstAsync(cancellation));
            await Task.WhenAll(_slots.Skip(1).Select(async slot => slot.Put(await _starter.StartAsync(cancellation))));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }

        _running.AddRange(_slots.Select(slot => UntilStopped(slot.RunAsync)));
        if (_standby is not null)
        {
            _running.Add(UntilStopped(_standby.RunAsync));
        }

        if (_settings.MemoryLimit is { } limit)
        {
            _running.Add(UntilStopped(stop => WatchMemoryAsync(limit, stop)));
        }
    }

    public ImmutableArray<InstanceReport> Report() =>
    [
        .. _slots.SelectMany(s => s.Report()),
        .. _standby is null ? Array.Empty<InstanceReport>() : [Report(_standby.Worker)],
    ];

    /// <summary>Stops all workers; what they still do is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        var workers = _slots.SelectMany(s => s.All()).Append(_standby?.Take()).OfType<PooledWorker>().ToArray();
        _ready = [];
        await Task.WhenAll(workers.Select(async worker =>
        {
            worker.Retire();
            await worker.Worker.StopAsync(_settings.StopGrace);
            await worker.Worker.DisposeAsync();
        }));
    }

    /// <summary>Whether requests for the function are passed on as they came; the same for every worker of an app.</summary>
    internal bool Forwards(FunctionDefinition function) => _ready is [var any, ..] && any.Worker.Forwards(function);

    /// <summary>The least busy worker, with a call begun on it; <see cref="PooledWorker.Release"/> has to end it.</summary>
    /// <param name="waited">Called if none is ready.</param>
    /// <exception cref="WorkerLostException">None became ready in time.</exception>
    internal ValueTask<PooledWorker> AcquireAsync(Action waited, CancellationToken cancellation) =>
        TryAcquire() is { } worker ? new(worker) : WaitAsync(waited, cancellation);

    private PooledWorker? TryAcquire()
    {
        var ready = _ready;
        while (true)
        {
            PooledWorker? least = null;
            var turn = ready.Length > 1 ? (uint)Interlocked.Increment(ref _turn) : 0;
            for (var i = 0; i < ready.Length; i++)
            {
                var worker = ready[(int)((turn + i) % ready.Length)];
                if (!worker.IsRetired && (least is null || worker.InFlight < least.InFlight))
                {
                    least = worker;
                }
            }

            if (least is null || least.TryAcquire())
            {
                return least;
            }
        }
    }

    private async ValueTask<PooledWorker> WaitAsync(Action waited, CancellationToken cancellation)
    {
        waited();
        var began = _time.GetTimestamp();
        while (true)
        {
            var becameReady = Volatile.Read(ref _becameReady).Task;
            if (TryAcquire() is { } worker)
            {
                return worker;
            }

            try
            {
                var left = _settings.WaitTimeout - _time.GetElapsedTime(began);
                await becameReady.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation);
            }
            catch (TimeoutException e)
            {
                throw new WorkerLostException($"no worker was ready within {_settings.WaitTimeout.TotalSeconds:0.#} s", e) { Reached = false };
            }
        }
    }

    private void Refresh()
    {
        lock (_running)
        {
            _ready = [.. _slots.Select(s => s.Current).OfType<PooledWorker>()];
            if (_ready.Length > 0)
            {
                Interlocked.Exchange(ref _becameReady, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            }
        }
    }

    private async Task WatchMemoryAsync(long limit, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(_settings.MemoryInterval, _time, stop);
            foreach (var slot in _slots)
            {
                if (slot.Current is { } worker && ProcessMemory.Of(worker.Worker.ProcessId) is var taken && taken > limit)
                {
                    slot.Recycle($"it takes {taken >> 20} MiB, and {limit >> 20} MiB are allowed");
                }
            }
        }
    }

    private InstanceReport Report(PooledWorker? standby) => new(
        _slots.Length, standby?.Worker.ProcessId ?? 0, InstanceReport.WordOf(standby is null ? InstanceState.Starting : InstanceState.Standby), 0, 0, standby is null ? 0 : ProcessMemory.Of(standby.Worker.ProcessId));

    private async Task UntilStopped(Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped.
        }
    }
}
