using EdgeOperator.Platform.Files;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Platform.Sqlite;

/// <summary>Opens SQLite databases: private (0600), durable (WAL, full sync), and with their schema up to date.</summary>
public static class SqliteDatabase
{
    // https://www.sqlite.org/rescode.html
    public const int Busy = 5;
    public const int Locked = 6;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int NotADatabase = 26;

    /// <summary>Opens or creates a database, and applies the migrations that it lacks.</summary>
    /// <param name="migrations">
    /// SQL of each schema version, from 1. <c>PRAGMA user_version</c> holds the last that was applied; each is applied once, in a
    /// transaction of its own with the new version.
    /// </param>
    /// <param name="busyTimeout">How long a statement waits for another connection's lock.</param>
    /// <exception cref="SqliteException">It can't be used now: locked, no permission, no space.</exception>
    /// <exception cref="IOException">Its folder is missing, or something else is in its place.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder may not be written to.</exception>
    /// <exception cref="InvalidDataException">It can never be used: damaged, no database, or of a later version.</exception>
    public static SqliteConnection Open(string path, ReadOnlySpan<string> migrations, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(busyTimeout.TotalSeconds),
        }.ToString());
        try
        {
            foreach (var beside in (string[])["-wal", "-shm", "-journal"])
                StateFile.ClearForFile(path + beside);
            CreatePrivately(path);
            connection.Open();
            connection.Run($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Migrate(connection, migrations);
            return connection;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            connection.Dispose();
            throw new InvalidDataException(e.Message, e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Migrate(SqliteConnection connection, ReadOnlySpan<string> migrations)
    {
        var version = connection.Number("PRAGMA user_version");
        if (version < 0 || version > migrations.Length)
            throw new InvalidDataException($"it has schema version {version}, and this program knows versions up to {migrations.Length}");
        for (var next = (int)version; next < migrations.Length; next++)
            connection.InTransaction($"{migrations[next]}; PRAGMA user_version = {next + 1};");
    }

    private static void InTransaction(this SqliteConnection connection, string sql)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            connection.Run(sql);
            connection.Run("COMMIT");
        }
        catch
        {
            RollBack(connection);
            throw;
        }
    }

    private static void RollBack(SqliteConnection connection)
    {
        try
        {
            connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself, as it does when the disk is full.
        }
    }

    private static void Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    // Only a missing file: closing any handle on a database would drop this process's locks on it.
    private static void CreatePrivately(string path)
    {
        if (!File.Exists(path) && !OperatingSystem.IsWindows())
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AtomicFile.Private }).Dispose();
    }
}
