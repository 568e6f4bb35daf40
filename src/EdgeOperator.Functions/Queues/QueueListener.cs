using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Queues;

/// <summary>
/// Runs a function for each message of a queue, several at once. A message is deleted when its function succeeded,
/// seen again when it failed, and put aside into NAME-poison when it failed too often.
/// </summary>
internal sealed partial class QueueListener(
    FunctionDefinition function, IQueue queue, QueueSettings settings, IInvoker invoker, TimeProvider time, ILogger<QueueListener> logger) : IListener
{
    // As the cloud does: another host sees what a dead one held after so long.
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly HashSet<Task> _running = [];
    private Task _receiving = Task.CompletedTask;

    public void Start() => _receiving = ReceiveAsync();

    public async Task DrainAsync(CancellationToken cancellation)
    {
        await _draining.CancelAsync();
        await using var _ = cancellation.Register(_abandoned.Cancel);
        await _receiving;
    }

    public async ValueTask DisposeAsync()
    {
        await _abandoned.CancelAsync();
        await _draining.CancelAsync();
        await _receiving;
        _abandoned.Dispose();
        _draining.Dispose();
    }

    private async Task ReceiveAsync()
    {
        // Whoever starts listeners is not to wait for a function.
        await Task.Yield();
        LogListens(function.Name, queue.Name);
        var pause = TimeSpan.Zero;
        while (!_draining.IsCancellationRequested)
        {
            try
            {
                var messages = await queue.ReceiveAsync(settings.BatchSize, Hold, CancellationToken.None);
                foreach (var message in messages)
                    _running.Add(WorkAsync(message));
                pause = messages.IsEmpty ? Longer(pause) : TimeSpan.Zero;
                if (messages.IsEmpty)
                    await queue.WaitAsync(pause, _draining.Token);
                else
                    await WaitForCapacityAsync();
            }
            catch (IOException e)
            {
                pause = Longer(pause);
                LogUnreachable(e, function.Name, queue.Name);
                await PauseAsync(pause);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            _running.RemoveWhere(task => task.IsCompleted);
        }

        await Task.WhenAll(_running);
    }

    // Until no more messages are worked on than the threshold says.
    private async Task WaitForCapacityAsync()
    {
        while (true)
        {
            _running.RemoveWhere(task => task.IsCompleted);
            if (_running.Count <= settings.NewBatchThreshold)
                return;
            await Task.WhenAny(_running).WaitAsync(_draining.Token);
        }
    }

    private async Task WorkAsync(QueueMessage message)
    {
        await Task.Yield();
        var held = new MessageLease(queue, message, Hold, time);
        try
        {
            await using (held)
            {
                if (message.IsMalformed)
                {
                    LogMalformed(function.Name, message.Id, queue.Name);
                    await queue.PoisonAsync(message, _abandoned.Token);
                    return;
                }

                // It was given to functions often enough before, and no host has lived to see how that ended.
                if (message.DequeueCount > settings.MaxDequeueCount)
                {
                    LogGivenUp(function.Name, message.Id, queue.Name, settings.MaxDequeueCount);
                    await queue.PoisonAsync(message, _abandoned.Token);
                    return;
                }

                var value = QueuePayload.Value(function.Trigger, message);
                var result = await invoker.InvokeAsync(
                    new(
                        Invocation.NewId(), function, ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, value),
                        QueuePayload.Metadata(function.Trigger, message, value)),
                    _abandoned.Token);
                await held.DisposeAsync();
                await EndAsync(held.Latest, result);
            }
        }
        catch (OperationCanceledException)
        {
            await ReleaseAsync(held.Latest);
        }
        catch (IOException e)
        {
            LogUnsettled(e, function.Name, message.Id, queue.Name);
        }
    }

    private async Task EndAsync(QueueMessage message, InvocationResult result)
    {
        if (result.Succeeded)
        {
            if (!await queue.DeleteAsync(message, CancellationToken.None))
                LogLost(function.Name, message.Id, queue.Name);
        }
        else if (message.DequeueCount >= settings.MaxDequeueCount)
        {
            LogPoison(function.Name, message.Id, queue.Name, message.DequeueCount);
            await queue.PoisonAsync(message, CancellationToken.None);
        }
        else
        {
            await queue.ReleaseAsync(message, settings.VisibilityTimeout, CancellationToken.None);
        }
    }

    private async Task ReleaseAsync(QueueMessage message)
    {
        try
        {
            await queue.ReleaseAsync(message, TimeSpan.Zero, CancellationToken.None);
        }
        catch (IOException e)
        {
            LogUnsettled(e, function.Name, message.Id, queue.Name);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, _draining.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    private TimeSpan Longer(TimeSpan pause)
    {
        var next = pause < ShortestPause ? ShortestPause : pause * 2;
        return next < settings.MaxPollingInterval ? next : settings.MaxPollingInterval;
    }

    [LoggerMessage(3101, LogLevel.Information, "Function {Function} listens to the queue {Queue}")]
    private partial void LogListens(string function, string queue);

    [LoggerMessage(3102, LogLevel.Warning, "Function {Function} can't receive from the queue {Queue}; it is tried again")]
    private partial void LogUnreachable(Exception exception, string function, string queue);

    [LoggerMessage(3103, LogLevel.Error, "Function {Function} failed on message {Message} of the queue {Queue} {Count} times: it is moved to the poison queue")]
    private partial void LogPoison(string function, string message, string queue, int count);

    [LoggerMessage(3104, LogLevel.Error, "Message {Message} of the queue {Queue} for function {Function} is not in the encoding that host.json names: it is moved to the poison queue")]
    private partial void LogMalformed(string function, string message, string queue);

    [LoggerMessage(3105, LogLevel.Warning, "Message {Message} of the queue {Queue} was no longer held when function {Function} was done with it, and may be worked on again")]
    private partial void LogLost(string function, string message, string queue);

    [LoggerMessage(3106, LogLevel.Error, "The outcome of message {Message} in function {Function} could not be stored in the queue {Queue}: the message is processed again")]
    private partial void LogUnsettled(Exception exception, string function, string message, string queue);

    [LoggerMessage(3107, LogLevel.Error, "Message {Message} of the queue {Queue} was given to function {Function} {Count} times without an outcome: it is moved to the poison queue")]
    private partial void LogGivenUp(string function, string message, string queue, int count);
}
