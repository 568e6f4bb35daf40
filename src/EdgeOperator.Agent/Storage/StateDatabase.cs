using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Sqlite;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Agent.Storage;

/// <summary>The SQL of the state store: one connection, used by one thread at a time.</summary>
internal sealed class StateDatabase : IDisposable
{
    private const int MissingTable = 1;

    /// <summary>In back_off; an agent of an earlier version has not added it yet.</summary>
    private const int CauseColumn = 9;

    // By schema version, from 1.
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, level INTEGER NOT NULL, revision TEXT, resource TEXT, step TEXT,
            reason TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL);
        CREATE INDEX events_by_resource ON events (resource, id);
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY, revision TEXT NOT NULL, display TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
            outcome INTEGER NOT NULL, reason TEXT);
        CREATE TABLE back_off (
            resource TEXT PRIMARY KEY, spec_hash TEXT NOT NULL, failures INTEGER NOT NULL, not_before INTEGER NOT NULL,
            reason TEXT NOT NULL, message TEXT NOT NULL, terminal INTEGER NOT NULL);
        """,
        """
        ALTER TABLE back_off ADD COLUMN fault INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN user TEXT;
        ALTER TABLE events ADD COLUMN user TEXT;
        CREATE TABLE ledger (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB NOT NULL);
        """,
        "ALTER TABLE back_off ADD COLUMN package_hash TEXT;",
        """
        ALTER TABLE back_off ADD COLUMN cause INTEGER NOT NULL DEFAULT 0;
        UPDATE back_off SET cause = CASE reason WHEN 'Restarted' THEN 1 WHEN 'Created' THEN 2 ELSE 0 END;
        """,
    ];

    private readonly SqliteConnection _connection;

    private StateDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or creates the database.</summary>
    /// <exception cref="SqliteException">It can't be used now: locked, no permission, no space.</exception>
    /// <exception cref="IOException">Its folder is missing, or something else is in its place.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder may not be written to.</exception>
    /// <exception cref="InvalidDataException">It can never be used: damaged, or made by another version.</exception>
    public static StateDatabase Open(string path)
    {
        var database = new StateDatabase(SqliteDatabase.Open(path, Migrations, TimeSpan.FromSeconds(1)));
        try
        {
            database.Check();
            return database;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SqliteDatabase.Corrupt or SqliteDatabase.NotADatabase or MissingTable)
        {
            database.Dispose();
            throw new InvalidDataException(e.Message, e);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens the database of a running agent, to read.</summary>
    /// <exception cref="SqliteException">It can't be read: missing, damaged, no permission.</exception>
    public static StateDatabase OpenReadOnly(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return new(connection);
    }

    /// <summary>Writes all of it into a new file, which is on the disk then.</summary>
    /// <exception cref="SqliteException">It can't be read, or the file not be written.</exception>
    public void CopyTo(string file) => Execute("VACUUM INTO $1", file);

    public long LastEvent() => Number("SELECT coalesce(max(id), 0) FROM events");

    public long LastRun() => Number("SELECT coalesce(max(id), 0) FROM runs");

    /// <summary>Runs <paramref name="write"/> in one transaction, or not at all.</summary>
    public void InTransaction(Action<StateDatabase> write)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            write(this);
            Execute("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Write(EventRecord e) => Execute(
        "INSERT OR REPLACE INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        e.Id, e.At.UtcTicks, (long)e.Level, e.Revision, e.Resource, e.Step, e.Reason, e.Message, (long)e.Count, e.User);

    public void Write(HistoryRecord r) => Execute(
        "INSERT OR REPLACE INTO runs VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        r.Id, r.Revision, r.Display, r.StartedAt.UtcTicks, r.EndedAt?.UtcTicks, (long)r.Outcome, r.Reason, r.User);

    public void DeleteEvent(long id) => Execute("DELETE FROM events WHERE id = $1", id);

    /// <summary>Replaces the copy of the ledger.</summary>
    public void WriteLedger(byte[] content) => Execute("INSERT OR REPLACE INTO ledger VALUES (1, $1)", content);

    /// <summary>Replaces all back-off entries.</summary>
    public void Write(ImmutableDictionary<ResourceId, BackOff> entries)
    {
        Execute("DELETE FROM back_off");
        foreach (var (resource, b) in entries)
        {
            Execute(
                "INSERT INTO back_off VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                resource.ToString(), b.SpecHash, (long)b.Failures, b.NotBefore.UtcTicks, b.Reason, b.Message, b.Terminal ? 1L : 0L, (long)b.Fault, b.PackageHash, (long)b.Cause);
        }
    }

    /// <summary>Keeps the newest rows.</summary>
    public void Trim(int events, int runs)
    {
        Execute("DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET $1)", (long)events);
        Execute("DELETE FROM runs WHERE id <= (SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET $1)", (long)runs);
    }

    /// <summary>Newest first.</summary>
    public ImmutableArray<EventRecord> Events(long after, int limit, ResourceId? resource) => Query(
        "SELECT * FROM events WHERE id > $1 AND ($3 IS NULL OR resource = $3) ORDER BY id DESC LIMIT $2",
        ReadEvent, after, (long)limit, resource?.ToString());

    /// <summary>The newest event of each resource, and of the device.</summary>
    public ImmutableArray<EventRecord> LatestEvents() =>
        Query("SELECT * FROM events WHERE id IN (SELECT max(id) FROM events GROUP BY resource)", ReadEvent);

    /// <summary>Newest first.</summary>
    public ImmutableArray<HistoryRecord> Runs(int limit) =>
        Query("SELECT * FROM runs ORDER BY id DESC LIMIT $1", ReadRun, (long)limit);

    public HistoryRecord? Run(long id) => Query("SELECT * FROM runs WHERE id = $1", ReadRun, id).FirstOrDefault();

    public ImmutableDictionary<ResourceId, BackOff> BackOff() =>
        Query("SELECT * FROM back_off", ReadBackOff).ToImmutableDictionary(b => b.Resource, b => b.BackOff);

    /// <summary>The copy of the ledger; null when there is none.</summary>
    public byte[]? Ledger() => Query("SELECT content FROM ledger", row => (byte[])row.GetValue(0)).FirstOrDefault();

    public void Dispose() => _connection.Dispose();

    private static EventRecord ReadEvent(SqliteDataReader row) => new(
        row.GetInt64(0), Time(row, 1), (EventLevel)row.GetInt64(2), Text(row, 3), Text(row, 4), Text(row, 5),
        row.GetString(6), row.GetString(7), row.GetInt32(8), Text(row, 9));

    private static HistoryRecord ReadRun(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), Time(row, 3), row.IsDBNull(4) ? null : Time(row, 4),
        (RevisionOutcome)row.GetInt64(5), Text(row, 6))
    {
        User = Text(row, 7),
    };

    private static (ResourceId Resource, BackOff BackOff) ReadBackOff(SqliteDataReader row) => (
        ResourceId.TryParse(row.GetString(0), out var id) ? id : throw new InvalidDataException("a back-off without a resource"),
        new(row.GetString(1), row.GetInt32(2), Time(row, 3), row.GetString(4), row.GetString(5), row.GetInt64(6) != 0) { Fault = (Fault)row.GetInt64(7), PackageHash = Text(row, 8), Cause = row.FieldCount > CauseColumn ? (BackOffCause)row.GetInt64(CauseColumn) : default });

    private static DateTimeOffset Time(SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private void Check()
    {
        if (Query("PRAGMA quick_check(1)", row => row.GetString(0)) is var check && check is not ["ok"])
            throw new InvalidDataException(string.Join(' ', check));
        Execute("SELECT 1 FROM events, runs, back_off, ledger LIMIT 0");
    }

    private void RollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself, as it does when the disk is full.
        }
    }

    private void Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using var command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = Command(sql, []);
        return (long)command.ExecuteScalar()!;
    }

    private ImmutableArray<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows.ToImmutable();
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        }

        return command;
    }
}
