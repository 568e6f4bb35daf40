using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace EdgeOperator.Hub.Storage.Postgres;

/// <summary>
/// Fills an empty database with what a SQLite store holds: all of it or nothing. Rows are copied as they are, since both stores have the same
/// columns; numbers that the store gives go on where they were.
/// </summary>
internal static class PostgresImport
{
    private static readonly string[] Tables =
    [
        "identities", "twins", "twin_tags", "presence", "messages", "telemetry", "documents", "audit", "events", "feedback", "device_jobs", "snapshots", "rollout_devices",
    ];

    // What devices have not been told yet (they read their twins when they connect), who leads, and what is left of an upgrade.
    private static readonly string[] NotCopied = ["changes", "leases", "untagged"];

    /// <param name="database">With the schema of this version.</param>
    /// <param name="path">A database of this version that no hub uses meanwhile.</param>
    /// <returns>How many rows were copied of each table.</returns>
    /// <exception cref="InvalidDataException">The target is not empty, or there is something in the source that this does not know.</exception>
    /// <exception cref="NpgsqlException">A row can't be written.</exception>
    /// <exception cref="SqliteException">The source can't be read.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> RunAsync(NpgsqlDataSource database, string path, CancellationToken cancellation)
    {
        await using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await source.OpenAsync(cancellation);
        await CheckTablesAsync(source, cancellation);
        await using var target = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await target.BeginTransactionAsync(cancellation);

        // However large a table is; and nobody else begins with the same database.
        await ExecuteAsync(target, $"SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE {string.Join(", ", Tables)} IN EXCLUSIVE MODE", cancellation);
        var copied = new Dictionary<string, long>();
        foreach (var table in Tables)
            copied[table] = await CopyAsync(source, target, table, cancellation);
        await ExecuteAsync(target, "UPDATE presence SET connected = false", cancellation);
        await ContinueNumbersAsync(source, target, cancellation);
        await transaction.CommitAsync(cancellation);
        await ExecuteAsync(target, "ANALYZE", cancellation);
        return copied;
    }

    private static async Task CheckTablesAsync(SqliteConnection source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (reader.GetString(0) is var table && !Tables.Contains(table) && !NotCopied.Contains(table))
                throw new InvalidDataException($"the database has a table {table} that this version can't copy");
    }

    private static async Task<long> CopyAsync(SqliteConnection source, NpgsqlConnection target, string table, CancellationToken cancellation)
    {
        if (await NumberAsync(target, $"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS one", cancellation) > 0)
            throw new InvalidDataException($"the PostgreSQL database is not empty: there are rows in {table}");
        await using var command = source.CreateCommand();
        command.CommandText = $"SELECT * FROM {table}";
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        var types = await TypesAsync(target, table, cancellation);
        await using var rows = await target.BeginBinaryImportAsync($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)", cancellation);
        var count = 0L;
        while (await reader.ReadAsync(cancellation))
        {
            await rows.StartRowAsync(cancellation);
            for (var column = 0; column < columns.Length; column++)
                await WriteAsync(rows, reader, column, types[columns[column]], cancellation);
            count++;
        }

        await rows.CompleteAsync(cancellation);
        return count;
    }

    private static Task WriteAsync(NpgsqlBinaryImporter rows, SqliteDataReader reader, int column, string type, CancellationToken cancellation) => reader.IsDBNull(column)
        ? rows.WriteNullAsync(cancellation)
        : type switch
        {
            "text" => rows.WriteAsync(reader.GetString(column), cancellation),
            "integer" => rows.WriteAsync(reader.GetInt32(column), cancellation),
            "bigint" => rows.WriteAsync(reader.GetInt64(column), cancellation),
            "boolean" => rows.WriteAsync(reader.GetInt64(column) != 0, cancellation),
            "bytea" => rows.WriteAsync(reader.GetFieldValue<byte[]>(column), cancellation),
            _ => throw new InvalidDataException($"a column of type {type} can't be copied"),
        };

    private static async Task<Dictionary<string, string>> TypesAsync(NpgsqlConnection target, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1", target)
        {
            Parameters = { new() { Value = table } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var types = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellation))
            types[reader.GetString(0)] = reader.GetString(1);
        return types;
    }

    /// <summary>A number is never given twice, also when its row has gone: readers of telemetry and events go on behind the last that they have seen.</summary>
    private static async Task ContinueNumbersAsync(SqliteConnection source, NpgsqlConnection target, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand();
        command.CommandText = "SELECT name, seq FROM sqlite_sequence WHERE seq > 0";
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (Tables.Contains(reader.GetString(0)))
                await NumberAsync(target, string.Create(CultureInfo.InvariantCulture, $"SELECT setval(pg_get_serial_sequence('{reader.GetString(0)}', 'seq'), {reader.GetInt64(1)})"), cancellation);
    }

    private static async Task<long> NumberAsync(NpgsqlConnection target, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, target);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection target, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, target) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
