using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Platform.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Blobs;

/// <param name="Reference">What the function gets in place of a blob's content; null for the content.</param>
internal sealed record BlobSource(IBlobStore Store, BlobPattern Pattern, Func<BlobPath, Value?> Reference);

/// <summary>
/// Runs a function for each new version of the blobs that its path means, several at once. A receipt says that a version was
/// processed, or failed so often that it was put into the poison queue. Without one it is processed again: at least once each.
/// </summary>
internal sealed partial class BlobListener(
    FunctionDefinition function, BlobSource source, BlobSettings settings, BlobReceipts receipts, IQueue poison, IInvoker invoker, TimeProvider time, ILogger<BlobListener> logger) : IListener
{
    /// <summary>As the cloud names it.</summary>
    public const string PoisonQueue = "webjobs-blobtrigger-poison";

    /// <summary>After the first failure; doubled after each further one.</summary>
    private static readonly ExponentialDelay Delay = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    // A storage account says nothing of what was written.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly SemaphoreSlim _room = new(settings.MaxDegreeOfParallelism);
    private readonly ConcurrentDictionary<string, string> _processed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private Task _polling = Task.CompletedTask;

    public void Start() => _polling = PollAsync();

    public async Task DrainAsync(CancellationToken cancellation)
    {
        await _draining.CancelAsync();
        await using var _ = cancellation.Register(_abandoned.Cancel);
        await _polling;
    }

    public async ValueTask DisposeAsync()
    {
        await _abandoned.CancelAsync();
        await _draining.CancelAsync();
        await _polling;
        _room.Dispose();
        _abandoned.Dispose();
        _draining.Dispose();
    }

    private async Task PollAsync()
    {
        // Whoever starts listeners is not to wait for a function.
        await Task.Yield();
        LogListens(function.Name, source.Pattern.Container);
        var isLoaded = false;
        while (!_draining.IsCancellationRequested)
        {
            var changed = source.Store.Changed;
            try
            {
                if (!isLoaded)
                {
                    foreach (var (name, etag) in await receipts.LoadAsync(function.Name, source.Store.Id, source.Pattern.Container))
                        _processed[name] = etag;
                    isLoaded = true;
                }

                await ScanAsync();
                await changed.WaitAsync(Interval, time, _draining.Token);
            }
            catch (IOException e)
            {
                LogUnreachable(e, function.Name, source.Pattern.Container);
                await Task.Delay(Interval, time, _draining.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
            catch (TimeoutException)
            {
                // Time to look again.
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(_running.Values);
    }

    private async Task ScanAsync()
    {
        var gone = _processed.Keys.ToHashSet(StringComparer.Ordinal);
        await foreach (var blob in source.Store.ListAsync(source.Pattern.Container, source.Pattern.Prefix, _draining.Token))
        {
            var name = blob.Path.Name;
            gone.Remove(name);
            if (source.Pattern.Match(name) is not { } values || _running.ContainsKey(name) || _processed.GetValueOrDefault(name) == blob.ETag)
                continue;

            await _room.WaitAsync(_draining.Token);
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _running[name] = done.Task;
            _ = WorkAsync(blob, values, done);
        }

        foreach (var name in gone.Where(n => !_running.ContainsKey(n)))
        {
            await receipts.DeleteAsync(function.Name, source.Store.Id, source.Pattern.Container, name);
            _processed.TryRemove(name, out _);
        }
    }

    private async Task WorkAsync(BlobProperties blob, JsonObject values, TaskCompletionSource done)
    {
        await Task.Yield();
        try
        {
            if (await ProcessAsync(blob, values) is { } processed)
            {
                await receipts.SaveAsync(function.Name, source.Store.Id, blob.Path, processed.ETag);
                _processed[blob.Path.Name] = processed.ETag;
            }
        }
        catch (OperationCanceledException)
        {
            // No receipt: the next listener processes it.
        }
        catch (IOException e)
        {
            LogUnsettled(e, function.Name, blob.Path);
        }
        finally
        {
            _running.TryRemove(blob.Path.Name, out _);
            _room.Release();
            done.SetResult();
        }
    }

    /// <returns>The version that was processed or put into the poison queue; null when the blob is gone.</returns>
    private async Task<BlobProperties?> ProcessAsync(BlobProperties listed, JsonObject values)
    {
        var (blob, value) = await ReadAsync(listed);
        if (value is null)
            return null;

        for (var attempt = 1; ; attempt++)
        {
            var result = await invoker.InvokeAsync(
                new(
                    Invocation.NewId(), function, ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, value),
                    PayloadProperties.AddTo(BlobTriggerPayload.Metadata(blob, values), value)),
                _abandoned.Token);
            if (result.Succeeded)
                return blob;
            if (attempt < settings.PoisonBlobThreshold)
            {
                // A listener that drains gives up: without a receipt the next one begins anew.
                await Task.Delay(Delay.After(attempt), time, _draining.Token);
                continue;
            }

            LogPoison(function.Name, blob.Path, settings.PoisonBlobThreshold, PoisonQueue);
            await poison.SendAsync(BlobTriggerPayload.Poison(function, blob), CancellationToken.None);
            return blob;
        }
    }

    private async Task<(BlobProperties Blob, Value? Value)> ReadAsync(BlobProperties listed)
    {
        if (source.Reference(listed.Path) is { } reference)
            return (listed, reference);
        return await source.Store.ReadAsync(listed.Path, _abandoned.Token) is { } read
            ? (read.Properties, BlobContent.Of(function.Trigger, read.Content))
            : (listed, null);
    }

    [LoggerMessage(3201, LogLevel.Information, "Function {Function} listens to blobs of the container {Container}")]
    private partial void LogListens(string function, string container);

    [LoggerMessage(3202, LogLevel.Warning, "Function {Function} can't list the blobs of the container {Container}; it is tried again")]
    private partial void LogUnreachable(Exception exception, string function, string container);

    [LoggerMessage(3203, LogLevel.Error, "Function {Function} failed on the blob {Blob} {Count} times: a message goes into the queue {Queue}")]
    private partial void LogPoison(string function, BlobPath blob, int count, string queue);

    [LoggerMessage(3204, LogLevel.Error, "Function {Function} could not read the blob {Blob}, or its receipt could not be written: it is processed again")]
    private partial void LogUnsettled(Exception exception, string function, BlobPath blob);
}
