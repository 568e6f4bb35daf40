using System.Data;
using System.Threading.Channels;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sqlite;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Functions.Storage;

/// <summary>
/// <c>host.db</c>: what an app's host must not forget. Work is done by one connection in the order in which it was
/// asked for; what is asked for meanwhile shares the next transaction, so that many callers cost one write to the disk.
/// A task is completed when its transaction is on the disk.
/// </summary>
public sealed class HostDatabase : IAsyncDisposable
{
    private const int MostAtOnce = 256;

    // By schema version, from 1.
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE timers (name TEXT PRIMARY KEY COLLATE NOCASE, last INTEGER, next INTEGER NOT NULL, updated INTEGER NOT NULL);
        CREATE TABLE messages (
            number INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,
            inserted INTEGER NOT NULL, visible INTEGER NOT NULL, dequeued INTEGER NOT NULL,
            receipt TEXT, held INTEGER NOT NULL);
        CREATE INDEX messages_by_time ON messages (queue, visible);
        """,
        """
        CREATE TABLE blobs (
            container TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, length INTEGER NOT NULL,
            created INTEGER NOT NULL, modified INTEGER NOT NULL, PRIMARY KEY (container, name)) WITHOUT ROWID;
        CREATE TABLE blob_receipts (
            function TEXT NOT NULL COLLATE NOCASE, store TEXT NOT NULL, container TEXT NOT NULL, name TEXT NOT NULL,
            etag TEXT NOT NULL, PRIMARY KEY (function, store, container, name)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE entities (
            name TEXT NOT NULL COLLATE NOCASE, partition TEXT NOT NULL, row TEXT NOT NULL,
            properties TEXT NOT NULL, modified INTEGER NOT NULL, PRIMARY KEY (name, partition, row)) WITHOUT ROWID;
        """,
    ];

    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new() { SingleReader = true });
    private readonly string _path;
    private readonly Dictionary<string, Statement> _statements = [];
    private readonly Task _worker;
    private SqliteConnection _connection;

    private HostDatabase(string path, SqliteConnection connection)
    {
        (_path, _connection) = (path, connection);
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Opens or creates the database; one host at a time may.</summary>
    /// <exception cref="IOException">It can't be used; the message says why and where.</exception>
    public static HostDatabase Open(string path)
    {
        try
        {
            var isNew = !Path.Exists(path);
            return new(path, Connect(path)) { IsNew = isNew };
        }
        catch (Exception e) when (e is InvalidDataException || (e is SqliteException or IOException or UnauthorizedAccessException && Directory.Exists(path)))
        {
            throw new IOException($"{path} can't be used: {e.Message}. Move it away to begin with empty queues; contents of blobs are kept beside", e);
        }
        catch (Exception e) when (e is SqliteException or UnauthorizedAccessException)
        {
            // Full, locked, not readable: it is whole, and must not be thrown away for that.
            throw new IOException($"{path} can't be used now: {e.Message}", e);
        }
    }

    /// <summary>There was none before.</summary>
    public bool IsNew { get; private init; }

    /// <summary>Runs <paramref name="work"/> in a transaction, with others or alone; if it throws, nothing of it stays.</summary>
    /// <param name="work">Must be repeatable: it runs again, alone, when another in its transaction fails.</param>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public async Task<T> DoAsync<T>(Func<HostDatabase, T> work, CancellationToken cancellation = default)
    {
        var item = new Work<T>(work);
        if (!_work.Writer.TryWrite(item))
            throw new IOException("The host's database is closed");
        try
        {
            return await item.Done.Task.WaitAsync(cancellation);
        }
        catch (Exception e) when (e is SqliteException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new IOException($"The host's database failed: {e.Message}", e);
        }
    }

    /// <summary>Only from within work.</summary>
    internal int Execute(string sql, params ReadOnlySpan<object?> values) => Prepared(sql).With(values).ExecuteNonQuery();

    /// <inheritdoc cref="Execute(string, ReadOnlySpan{object?})"/>
    internal List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepared(sql).With(values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _worker;
        Disconnect();
    }

    private static SqliteConnection Connect(string path) => SqliteDatabase.Open(path, Migrations, TimeSpan.FromSeconds(5));

    private void Disconnect()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }

    /// <summary>Writes the database to where it belongs, when somebody has deleted its file: what is written to that now would be lost with the process.</summary>
    private void Restore()
    {
        if (_connection.State == ConnectionState.Open && File.Exists(_path))
            return;
        if (_connection.State != ConnectionState.Open)
        {
            // What an earlier attempt did not come to.
            _connection = Connect(_path);
            return;
        }

        var restored = _path + ".restored";
        File.Delete(restored);
        Execute("VACUUM INTO $1", restored);
        Disconnect();

        // What belongs to the deleted file must not be taken for the new one's.
        foreach (var beside in (string[])["-wal", "-shm"])
            File.Delete(_path + beside);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(restored, AtomicFile.Private);
        File.Move(restored, _path);
        AtomicFile.SyncFolder(Path.GetDirectoryName(_path)!);
        _connection = Connect(_path);
    }

    private async Task WorkAsync()
    {
        var batch = new List<Work>();
        while (await _work.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _work.Reader.TryRead(out var item))
                batch.Add(item);
            if (InTransaction(batch) is { } error)
                Separately(batch, error);
        }
    }

    private void Separately(List<Work> batch, Exception error)
    {
        if (batch is [var only])
        {
            only.Fail(error);
            return;
        }

        foreach (var item in batch)
        {
            if (InTransaction([item]) is { } own)
                item.Fail(own);
        }
    }

    private Exception? InTransaction(List<Work> batch)
    {
        try
        {
            Restore();
            Execute("BEGIN IMMEDIATE");
            foreach (var item in batch)
                item.Run(this);
            Execute("COMMIT");
        }
        catch (Exception e)
        {
            RollBack();
            return e;
        }

        foreach (var item in batch)
            item.Complete();
        return null;
    }

    private void RollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // SQLite rolled back by itself, as it does when the disk is full; or nothing had begun.
        }
    }

    private Statement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new(_connection, sql);
        return statement;
    }

    private abstract class Work
    {
        public abstract void Run(HostDatabase database);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Work<T>(Func<HostDatabase, T> work) : Work
    {
        private T _result = default!;

        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(HostDatabase database) => _result = work(database);

        public override void Complete() => Done.TrySetResult(_result);

        public override void Fail(Exception error) => Done.TrySetException(error);
    }
}
