using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Events;

/// <summary>
/// Collects what happens and stores it beside whoever did it: a device's write waits for no event. Changes of one twin within
/// a moment are one event.
/// </summary>
internal sealed partial class HubEvents(IHubStore store, TimeProvider time, ILogger<HubEvents> log) : BackgroundService
{
    private const int MostWaiting = 20_000;
    private const int MostInOneWrite = 1000;
    private const int PageSize = 500;

    /// <summary>What is kept for those who resume.</summary>
    private const int MostKept = 100_000;

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(10);

    /// <summary>Events of so long are written together.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    /// <summary>How soon events of other replicas are seen.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    // When more comes than can be stored, the oldest go: nothing depends on an event.
    private readonly Channel<HubEvent> _waiting = Channel.CreateBounded<HubEvent>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private volatile TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(string type, IdentityKey? key, string message, string? actor = null, JsonObject? data = null) =>
        _waiting.Writer.TryWrite(new(0, time.GetUtcNow(), type, key, actor, message, data));

    /// <summary>Events after <paramref name="after"/>, then each as it happens, until cancelled. Ends a page with null when it waits for the next.</summary>
    public async IAsyncEnumerable<HubEvent?> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            // Before reading, so that what is stored meanwhile is not waited for.
            var stored = _stored.Task;
            var page = await store.ReadEventsAsync(after, PageSize, cancellation);
            foreach (var happened in page)
            {
                yield return happened;
                after = happened.Sequence;
            }

            if (page.Count == PageSize)
                continue;
            yield return null;
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(stored, Task.Delay(PollInterval, time, waited.Token));
            await waited.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var trimmedAt = time.GetTimestamp();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gathering, time, stoppingToken);
                await StoreAsync();
                if (time.GetElapsedTime(trimmedAt) < TrimInterval)
                    continue;
                await TrimAsync();
                trimmedAt = time.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            // Devices were told to go before this, and have gone.
            await StoreAsync();
        }
    }

    private async Task StoreAsync()
    {
        while (Gather() is { Count: > 0 } batch)
        {
            try
            {
                await store.AddEventsAsync(batch, CancellationToken.None);
            }
            catch (StoreException e)
            {
                NotStored(log, batch.Count, e);
            }

            Interlocked.Exchange(ref _stored, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    private List<HubEvent> Gather()
    {
        var batch = new List<HubEvent>();
        var twins = new Dictionary<IdentityKey, int>();
        while (batch.Count < MostInOneWrite && _waiting.Reader.TryRead(out var happened))
        {
            if (happened is not { Type: EventTypes.TwinUpdated, Key: { } key })
            {
                batch.Add(happened);
            }
            else if (twins.TryGetValue(key, out var place))
            {
                batch[place] = Merged(batch[place], happened);
            }
            else
            {
                twins[key] = batch.Count;
                batch.Add(happened);
            }
        }

        return batch;
    }

    // The later versions, and the sections that only the earlier one names.
    private static HubEvent Merged(HubEvent earlier, HubEvent later)
    {
        var data = earlier.Data?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in later.Data ?? [])
            data[name] = value?.DeepClone();
        return later with { Data = data };
    }

    private async Task TrimAsync()
    {
        try
        {
            await store.TrimEventsAsync(time.GetUtcNow() - KeptFor, MostKept, CancellationToken.None);
        }
        catch (StoreException e)
        {
            NotTrimmed(log, e);
        }
    }
}
