using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Storage.Sqlite;

/// <summary>
/// The one writer: what waits is written in one transaction, so that many writes share one wait for the disk. A write that
/// fails is undone alone.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MostInOneTransaction = 256;

    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly SqliteSession _session;
    private readonly Thread _thread;

    public SqliteWriter(SqliteSession session)
    {
        _session = session;
        _thread = new(Run) { IsBackground = true, Name = "database writer" };
        _thread.Start();
    }

    /// <returns>After the commit.</returns>
    /// <exception cref="StoreException">The database can't be written now.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellation)
    {
        var pending = new Write<T>(write);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException("the hub is stopping", e);
        }

        return await pending.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.Run(_thread.Join);
        _session.Dispose();
    }

    private void Run()
    {
        var batch = new List<Write>(MostInOneTransaction);
        while (Wait())
        {
            while (batch.Count < MostInOneTransaction && _queue.Reader.TryRead(out var write))
                batch.Add(write);
            Commit(batch);
            batch.Clear();
        }
    }

    // A thread of its own waits, for SQLite blocks while the disk writes.
    private bool Wait() => _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private void Commit(List<Write> batch)
    {
        try
        {
            _session.Execute("BEGIN IMMEDIATE");
            foreach (var write in batch)
                Apply(write);
            _session.Execute("COMMIT");
        }
        catch (SqliteException e)
        {
            RollBack();
            foreach (var write in batch)
                write.Fail(new StoreException(e.Message, e));
            return;
        }

        foreach (var write in batch)
            write.Succeed();
    }

    private void Apply(Write write)
    {
        _session.Execute("SAVEPOINT one");
        try
        {
            write.Apply(_session);
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: Platform.Sqlite.SqliteDatabase.Full or Platform.Sqlite.SqliteDatabase.Corrupt or 10 })
        {
            // Full, damaged and failing disks (SQLITE_IOERR, 10) end the transaction as a whole.
            _session.Execute("ROLLBACK TO one");
            write.Fail(e is SqliteException ? new StoreException(e.Message, e) : e);
        }

        _session.Execute("RELEASE one");
    }

    private void RollBack()
    {
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself, as it does when the disk is full.
        }
    }

    private abstract class Write
    {
        public abstract void Apply(SqliteSession session);

        public abstract void Succeed();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<SqliteSession, T> write) : Write
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Completion => _completion.Task;

        public override void Apply(SqliteSession session) => _result = write(session);

        public override void Succeed() => _completion.TrySetResult(_result);

        public override void Fail(Exception exception) => _completion.TrySetException(exception);
    }
}
