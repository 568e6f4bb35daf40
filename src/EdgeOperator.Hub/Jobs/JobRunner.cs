using System.Collections.Concurrent;
using System.Globalization;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Hub.Jobs;

/// <summary>
/// Starts jobs at their time and sees them through. What a job does with each device is written down, so that it goes on where it was
/// after a restart. One replica does it for all.
/// </summary>
internal sealed partial class JobRunner(IHubStore store, JobCatalog catalog, DeviceTasks tasks, Leadership leadership, TimeProvider time, ILogger<JobRunner> log) : IHostedService, IDisposable
{
    private const int PageSize = 500;
    private const int Parallelism = 16;

    /// <summary>When nobody wakes it, as other replicas don't.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>As long as IoT Hub keeps the history of jobs.</summary>
    private static readonly TimeSpan History = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly WakeSignal _wake = new();
    private Task _leading = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _leading = leadership.RunAsync("jobs", (_, ended) => RunAsync(ended), _stop.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _leading;
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>There is a new job.</summary>
    public void Wake() => _wake.Set();

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var woken = _wake.Next();
                var next = await LookAsync(stop);
                await Task.WhenAny(woken, Task.Delay(next, time, stop));
            }
        }
        finally
        {
            await Task.WhenAll(_running.Values);
        }
    }

    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> LookAsync(CancellationToken stop)
    {
        var wait = PollInterval;
        try
        {
            await foreach (var job in catalog.AllAsync("", stop))
            {
                var now = time.GetUtcNow();
                if (job.IsOver && now - job.Deadline > History)
                    await catalog.RemoveAsync(job, stop);
                else if (!job.IsOver && job.Start > now)
                    wait = job.Start - now < wait ? job.Start - now : wait;
                else if (!job.IsOver && !_running.ContainsKey(job.Id))
                    Start(job, stop);
            }
        }
        catch (StoreException e)
        {
            CannotLook(log, e);
        }

        return wait;
    }

    private void Start(Job job, CancellationToken stop)
    {
        var done = new TaskCompletionSource();
        _running[job.Id] = done.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await RunAsync(job, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // It goes on with the next leader.
            }
            catch (Exception e)
            {
                // The next look takes it up again.
                CannotRun(log, job.Id, e);
            }
            finally
            {
                _running.TryRemove(job.Id, out _);
                done.SetResult();
            }
        }, CancellationToken.None);
    }

    private async Task RunAsync(Job job, CancellationToken stop)
    {
        if (job.Status != "running")
        {
            var running = job.With("running");
            if (!await catalog.WriteAsync(running, job, stop))
                return;
            Started(log, job.Id);
            job = running;
        }

        if (!job.HasDevices)
        {
            await AddTargetsAsync(job, stop);
            var complete = job.With("running", ("hasDevices", true));
            if (!await catalog.WriteAsync(complete, job, stop))
                return;
            job = complete;
        }

        await tasks.RecoverAsync(job, stop);
        await RunDevicesAsync(job, stop);
        var ended = job.With("completed", ("endTime", TwinMetadata.Time(time.GetUtcNow())));
        if (await catalog.WriteAsync(ended, job, stop))
            Ended(log, job.Id, ended.Status);
    }

    private async Task AddTargetsAsync(Job job, CancellationToken stop)
    {
        var (source, condition) = job.Target;
        var targets = new List<string>();
        await foreach (var row in store.AllTwinsAsync(source == QuerySource.Modules, PageSize, stop, candidates: TwinIndex.CandidatesFor(condition)))
        {
            if (QueryEvaluation.Matches(condition, TwinDocument.Write(row)))
                targets.Add(row.Identity.Key.ToString());
            if (targets.Count < PageSize)
                continue;
            await store.AddDeviceJobsAsync(job.Id, targets, time.GetUtcNow(), stop);
            targets.Clear();
        }

        if (targets.Count > 0)
            await store.AddDeviceJobsAsync(job.Id, targets, time.GetUtcNow(), stop);
    }

    private async Task RunDevicesAsync(Job job, CancellationToken stop)
    {
        var left = job.Deadline - time.GetUtcNow();
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            // Devices that are done, or cancelled meanwhile, are no longer among the pending ones.
            while (await store.ListDeviceJobsAsync(job.Id, DeviceJobStatus.Pending, "", PageSize, both.Token) is { Count: > 0 } page)
                await Parallel.ForEachAsync(page, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = both.Token }, async (device, ended) => await tasks.RunAsync(job, device, ended));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            var late = string.Create(CultureInfo.InvariantCulture, $"JobExpired;the job's time of {(job.Deadline - job.Start).TotalSeconds:0} seconds was over");
            foreach (var status in (DeviceJobStatus[])[DeviceJobStatus.Pending, DeviceJobStatus.Running])
                await store.EndDeviceJobsAsync(job.Id, status, DeviceJobStatus.Failed, late, time.GetUtcNow(), stop);
        }
    }
}
