using System.Collections.Concurrent;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Execution;

/// <summary>How far a step is.</summary>
/// <param name="transfer">Where it is a transfer.</param>
internal delegate void ReportProgress(string message, TransferProgress? transfer = null);

/// <summary>
/// Steps that take longer than a pass may: transfers, shutdowns, provisioning. Asking for one starts it or reports its progress;
/// its outcome is returned once, and asking again after that starts it again.
/// </summary>
/// <param name="wake">Called with the reason for a pass when one has ended.</param>
internal sealed partial class BackgroundSteps(Action<string> wake, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>What nobody has asked about for so long is no answer to whoever asks now.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Running> _running = new();

    /// <param name="run">Executes it, and reports its progress.</param>
    public async Task<StepOutcome> AskAsync(Step step, Func<ReportProgress, CancellationToken, Task<StepOutcome>> run)
    {
        if (!_running.TryGetValue(step.Id, out var running) || IsStale(running))
        {
            running = new(step);
            _running[step.Id] = running;
            running.Task = RunAsync(running, run);
            _ = WakeAfterAsync(running);
        }

        if (!running.Task.IsCompleted)
            return new StepOutcome.Pending(running.Message, running.Transfer?.Done);
        _running.TryRemove(step.Id, out _);
        return await running.Task;
    }

    /// <summary>The progress of a step as a message; null when it is not under way.</summary>
    public string? MessageOf(Func<Step, bool> which) => Find(which)?.Message;

    /// <summary>The progress of a transfer, of 0 bytes before anything is known of it; null when it is not under way.</summary>
    public TransferProgress? TransferOf(Func<Step, bool> which) => Find(which) is { } running ? running.Transfer ?? new(0, 0) : null;

    /// <summary>Whether a step is under way, or its outcome was not returned yet.</summary>
    public bool IsRunning(Step step) => _running.TryGetValue(step.Id, out var running) && !IsStale(running);

    /// <summary>Drops the answer of a step that is over: things have moved on since.</summary>
    public void Forget(Step step)
    {
        if (_running.TryGetValue(step.Id, out var running) && running.Task.IsCompleted)
            _running.TryRemove(step.Id, out _);
    }

    /// <summary>Gives up those of a kind that are not among <paramref name="wanted"/>.</summary>
    public void Retain<T>(IEnumerable<T> wanted)
        where T : Step
    {
        var ids = wanted.Select(s => s.Id).ToHashSet();
        foreach (var (id, running) in _running.Where(r => r.Value.Step is T && !ids.Contains(r.Key)))
        {
            if (_running.TryRemove(id, out _))
                running.End.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        var tasks = _running.Values.Select(r => r.Task).ToList();
        foreach (var running in _running.Values)
            await running.End.CancelAsync();
        await Task.WhenAll(tasks);
    }

    private Running? Find(Func<Step, bool> which) => _running.Values.FirstOrDefault(r => !r.Task.IsCompleted && which(r.Step));

    private static async Task<StepOutcome> RunAsync(Running running, Func<ReportProgress, CancellationToken, Task<StepOutcome>> run)
    {
        // Whoever asks must not wait for a disk.
        await Task.Yield();
        try
        {
            return await run((message, transfer) => (running.Message, running.Transfer) = (message, transfer), running.End.Token);
        }
        catch (OperationCanceledException) when (running.End.IsCancellationRequested)
        {
            return new StepOutcome.Pending($"{running.Step.Id} was given up");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, e.Message, "DiskError");
        }
        catch (Exception e)
        {
            // Whatever it is, the caller must get an outcome.
            return new StepOutcome.Retry("DriverFailed", e.Message);
        }
    }

    private bool IsStale(Running running) => running.EndedAt is { } ended && time.GetElapsedTime(ended) > Stale;

    private async Task WakeAfterAsync(Running running)
    {
        var outcome = await running.Task;
        running.EndedAt = time.GetTimestamp();
        switch (outcome)
        {
            case StepOutcome.Succeeded success:
                LogDone(running.Step.Resource, success.Note ?? running.Step.Id);
                break;
            case StepOutcome.Retry failure:
                LogFailed(running.Step.Resource, failure.Message);
                break;
            case StepOutcome.Terminal failure:
                LogFailed(running.Step.Resource, failure.Message);
                break;
            case StepOutcome.Pending when running.End.IsCancellationRequested:
                return;
        }

        wake($"{running.Step.Id} is over");
    }

    [LoggerMessage(7101, LogLevel.Information, "{Resource}: {What}")]
    private partial void LogDone(ResourceId resource, string what);

    [LoggerMessage(7102, LogLevel.Warning, "{Resource}: {Error}")]
    private partial void LogFailed(ResourceId resource, string error);

    private sealed class Running(Step step)
    {
        private volatile string _message = $"{step.Id} is under way";
        private volatile TransferProgress? _transfer;

        public Step Step => step;

        public long? EndedAt { get; set; }

        public CancellationTokenSource End { get; } = new();

        public string Message
        {
            get => _message;
            set => _message = value;
        }

        public TransferProgress? Transfer
        {
            get => _transfer;
            set => _transfer = value;
        }

        public Task<StepOutcome> Task { get; set; } = System.Threading.Tasks.Task.FromResult<StepOutcome>(new StepOutcome.Pending(""));
    }
}
