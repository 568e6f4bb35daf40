using EdgeOperator.Hub.Storage;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Hub.Twins;

/// <summary>Reads what was changed, in order, and hands it on. It never loses a change: it reads from the store, and being woken only makes it sooner.</summary>
internal sealed partial class ChangeFeed(IHubStore store, TimeProvider time, ILogger<ChangeFeed> log)
{
    private const int PageSize = 500;

    /// <summary>When nobody wakes it, as other replicas don't: a NOTIFY in a device's write would make all writers wait for each other.</summary>
    private readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(store is IReplicaStore ? 0.1 : 1);

    private readonly WakeSignal _wake = new();
    private long _position;

    /// <summary>The number of the last change that was handed on, or needed not to be.</summary>
    public long Position => Volatile.Read(ref _position);

    public void Wake() => _wake.Set();

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="from">The last change that is not to be handed on.</param>
    public async Task RunAsync(ChangeCursor from, Action<Change> handle, CancellationToken stop)
    {
        var last = from;
        Volatile.Write(ref _position, last.Last);
        while (!stop.IsCancellationRequested)
        {
            var woken = _wake.Next();
            try
            {
                var page = await store.ReadChangesAsync(last, PageSize, stop);
                foreach (var change in page.Changes)
                    handle(change);
                last = page.Next;
                Volatile.Write(ref _position, last.Last);
                if (page.IsFull)
                    continue;
            }
            catch (StoreException e)
            {
                CannotRead(log, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.WhenAny(woken, Task.Delay(_pollInterval, time, stop));
        }
    }
}
