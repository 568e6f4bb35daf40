using System.Threading.Channels;
using Npgsql;

namespace EdgeOperator.Hub.Storage.Postgres;

/// <summary>
/// Writes what waits by one statement, so that many writes share one wait for the disk: what comes meanwhile is the next batch. A key
/// stands in a batch only once.
/// </summary>
internal sealed class BatchWriter<TKey, TWrite> : IAsyncDisposable
    where TKey : notnull
{
    private const int MostInOneBatch = 256;

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Func<IReadOnlyList<(TKey Key, TWrite Write)>, CancellationToken, Task<IReadOnlyCollection<TKey>>> _write;
    private readonly Task _running;

    /// <param name="write">Writes a batch, and returns the keys of what was written.</param>
    public BatchWriter(Func<IReadOnlyList<(TKey Key, TWrite Write)>, CancellationToken, Task<IReadOnlyCollection<TKey>>> write)
    {
        _write = write;
        _running = Task.Run(RunAsync);
    }

    /// <returns>Whether it was written.</returns>
    /// <exception cref="StoreException">The database can't be used now.</exception>
    public async Task<bool> WriteAsync(TKey key, TWrite write, CancellationToken cancellation)
    {
        var pending = new Pending(key, write);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException("the hub is stopping", e);
        }

        return await pending.Completion.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        var batch = new Dictionary<TKey, Pending>();
        var later = new List<Pending>();
        while (later.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            var waiting = later;
            later = [];
            foreach (var pending in waiting)
                Add(pending);
            while (batch.Count < MostInOneBatch && later.Count < MostInOneBatch && _queue.Reader.TryRead(out var pending))
                Add(pending);
            await WriteAsync([.. batch.Values]);
            batch.Clear();
        }

        void Add(Pending pending)
        {
            if (!batch.TryAdd(pending.Key, pending))
                later.Add(pending);
        }
    }

    private async Task WriteAsync(IReadOnlyList<Pending> batch)
    {
        try
        {
            var written = (await _write([.. batch.Select(p => (p.Key, p.Write))], CancellationToken.None)).ToHashSet();
            foreach (var pending in batch)
                pending.Completion.TrySetResult(written.Contains(pending.Key));
        }
        catch (StoreException e) when (batch.Count > 1 && e.InnerException is PostgresException { IsTransient: false })
        {
            // One of them can't be stored: the others shall not suffer.
            foreach (var pending in batch)
                await WriteAsync([pending]);
        }
        catch (Exception e)
        {
            foreach (var pending in batch)
                pending.Completion.TrySetException(e);
        }
    }

    private sealed record Pending(TKey Key, TWrite Write)
    {
        public TaskCompletionSource<bool> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
