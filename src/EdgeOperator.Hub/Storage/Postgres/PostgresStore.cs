using Npgsql;

namespace EdgeOperator.Hub.Storage.Postgres;

/// <summary>
/// The store that replicas share. Every write is one statement, so that nothing is held while the network is waited for; what goes
/// with a write, such as what a device is told, is part of the statement.
/// </summary>
internal sealed partial class PostgresStore : IHubStore
{
    /// <summary>A transaction that lost against another one, which is to be tried again: serialization failure, deadlock.</summary>
    private static readonly string[] Collisions = ["40001", "40P01"];

    private const int MostAttempts = 5;

    private readonly NpgsqlDataSource _database;
    private readonly StoredRows _rows;
    private readonly string _replica;

    private PostgresStore(NpgsqlDataSource database, SecretBox secrets, string replica)
    {
        (_database, _rows, _replica) = (database, new(secrets), replica);
        _reports = new(WriteReportedAsync);
        _telemetry = new(AddTelemetryAsync);
    }

    /// <summary>Opens the database, and applies the migrations that it lacks.</summary>
    /// <param name="database">Is disposed of with the store.</param>
    /// <param name="replica">This process.</param>
    /// <exception cref="InvalidDataException">It is of a later version.</exception>
    /// <exception cref="NpgsqlException">It can't be used now.</exception>
    public static async Task<PostgresStore> OpenAsync(NpgsqlDataSource database, SecretBox secrets, string replica, CancellationToken cancellation)
    {
        await PostgresDatabase.MigrateAsync(database, PostgresSchema.Migrations, cancellation);
        return new(database, secrets, replica);
    }

    public async Task CheckAsync(CancellationToken cancellation) => await NumberAsync("SELECT count(*) FROM documents WHERE kind = 'none'", cancellation);

    public async ValueTask DisposeAsync()
    {
        await _reports.DisposeAsync();
        await _telemetry.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <returns>Rows that were changed.</returns>
    private Task<int> ExecuteAsync(string sql, CancellationToken cancellation, params object?[] values) => AttemptAsync(
        async () =>
        {
            await using var command = Command(sql, values);
            return await command.ExecuteNonQueryAsync(cancellation);
        });

    /// <summary>Two statements in one transaction, with the same values. The second one sees what others have committed by then.</summary>
    /// <returns>Rows that the second one changed.</returns>
    private Task<int> ExecuteAsync(string first, string second, CancellationToken cancellation, params object?[] values) => AttemptAsync(
        async () =>
        {
            await using var batch = _database.CreateBatch();
            foreach (var sql in (string[])[first, second])
            {
                var command = new NpgsqlBatchCommand(sql);
                AddValues(command.Parameters, values);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellation);
            return batch.BatchCommands[1].RecordsAffected;
        });

    private async Task<long> NumberAsync(string sql, CancellationToken cancellation, params object?[] values) =>
        (await QueryAsync(sql, reader => reader.GetInt64(0), cancellation, values))[0];

    private async Task<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object?[] values) =>
        (await QueryAsync(sql, read, cancellation, values)).FirstOrDefault();

    private Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object?[] values) => AttemptAsync(
        async () =>
        {
            var rows = new List<T>();
            await using var command = Command(sql, values);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                rows.Add(read(reader));
            return rows;
        });

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = _database.CreateCommand(sql);
        AddValues(command.Parameters, values);
        return command;
    }

    private static void AddValues(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
            parameters.Add(new NpgsqlParameter { Value = value switch { null => DBNull.Value, string text => Storable(text), string[] texts => Array.ConvertAll(texts, Storable), _ => value } });
    }

    // PostgreSQL has no text with the character 0, which only strangers send.
    private static string? Storable(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true ? text.Replace('\0', '\uFFFD') : text;

    /// <exception cref="StoreException">The database can't be used now. Whether what was written then is there is not known.</exception>
    private static async Task<T> AttemptAsync<T>(Func<Task<T>> run)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await run();
            }
            catch (PostgresException e) when (Collisions.Contains(e.SqlState) && attempt < MostAttempts)
            {
                // Nothing of it was written.
            }
            catch (Exception e) when (PostgresDatabase.IsFailure(e))
            {
                throw new StoreException(e.Message, e);
            }
        }
    }
}
