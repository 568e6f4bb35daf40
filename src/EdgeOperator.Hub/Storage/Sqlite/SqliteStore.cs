using System.Collections.Concurrent;
using EdgeOperator.Platform.Sqlite;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Storage.Sqlite;

/// <summary>The embedded store: one SQLite file (WAL, full sync), one writer, and as many readers as there are reads at once.</summary>
internal sealed partial class SqliteStore : IHubStore
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly StoredRows _rows;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SemaphoreSlim _reading = new(8);

    private SqliteStore(string path, SecretBox secrets, SqliteSession session) => (_path, _rows, _writer) = (path, new(secrets), new(session));

    /// <summary>Opens or creates the database, and applies the migrations that it lacks.</summary>
    /// <param name="isServer">Whether this process is the one that devices connect to: nobody is connected yet then, and nobody leads.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of a later version.</exception>
    /// <exception cref="SqliteException">It can't be used now.</exception>
    public static SqliteStore Open(string path, SecretBox secrets, bool isServer)
    {
        var session = new SqliteSession(SqliteDatabase.Open(path, SqliteSchema.Migrations, BusyTimeout));
        IndexTags(session);
        if (isServer)
        {
            session.Execute("UPDATE presence SET connected = 0 WHERE connected <> 0");
            session.Execute("UPDATE leases SET until = 0");
        }

        return new(path, secrets, session);
    }

    /// <summary>Copies a database as it is at one moment, also while a hub writes to it.</summary>
    /// <exception cref="SqliteException">It can't be read, or the copy can't be written.</exception>
    public static void Copy(string path, string copy)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $1";
        command.Parameters.AddWithValue("$1", copy);
        command.ExecuteNonQuery();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task CheckAsync(CancellationToken cancellation) => await ReadAsync(session => session.Number("SELECT COUNT(*) FROM documents WHERE kind = 'none'"), cancellation);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _reading.Dispose();
    }

    private Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellation) => _writer.WriteAsync(write, cancellation);

    private async Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            var session = _readers.TryTake(out var free) ? free : new(SqliteDatabase.Open(_path, SqliteSchema.Migrations, BusyTimeout));
            try
            {
                return read(session);
            }
            finally
            {
                _readers.Add(session);
            }
        }
        catch (SqliteException e)
        {
            throw new StoreException(e.Message, e);
        }
        finally
        {
            _reading.Release();
        }
    }
}
