using System.Globalization;
using System.Net.Sockets;
using EdgeOperator.Core.Hub;
using EdgeOperator.Platform.Files;
using Npgsql;

namespace EdgeOperator.Hub.Storage.Postgres;

/// <summary>Connections to the database, and its schema.</summary>
internal static class PostgresDatabase
{
    /// <summary>Of the advisory lock under which the schema is changed: any number that nobody else uses.</summary>
    private const long MigrationLock = 0x6564_6765_6f70;

    private const int StatementTimeout = 30;
    private const int MigrationTimeout = 600;

    /// <exception cref="ArgumentException">The connection string is none.</exception>
    /// <exception cref="IOException">A file that the configuration names can't be read.</exception>
    public static NpgsqlDataSource Connect(PostgresConfiguration configuration)
    {
        var settings = configuration.ConnectionStringFile is { } file ? new(ReferencedFile.ReadText(file).Trim()) : SettingsOf(configuration);
        settings.ApplicationName ??= "edgeop-hub";
        settings.MaxPoolSize = configuration.MaxConnections;
        settings.MaxAutoPrepare = 200;
        settings.AutoPrepareMinUsages = 2;
        settings.CommandTimeout = StatementTimeout;
        settings.Timeout = 15;
        settings.KeepAlive = 30;

        // Ends a statement that nobody waits for any more, so that nothing is written long after it was given up.
        settings.Options = $"{settings.Options} -c statement_timeout={StatementTimeout}s -c idle_in_transaction_session_timeout={StatementTimeout}s".Trim();
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (configuration.PasswordFile is { } password)
            builder.UsePasswordProvider(_ => Password(password), (_, _) => ValueTask.FromResult(Password(password)));
        return builder.Build();
    }

    /// <summary>Applies the migrations that the database lacks. Replicas that start at once wait for each other.</summary>
    /// <exception cref="InvalidDataException">It is of a later version.</exception>
    /// <exception cref="NpgsqlException">It can't be used now.</exception>
    public static async Task MigrateAsync(NpgsqlDataSource database, IReadOnlyList<string> migrations, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await RunAsync(connection, $"SET statement_timeout = '{MigrationTimeout}s'", cancellation);
        await RunAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", cancellation);
        try
        {
            await RunAsync(connection, "CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)", cancellation);
            var version = Convert.ToInt32(await ScalarAsync(connection, "SELECT max(version) FROM schema_version", cancellation) ?? 0, CultureInfo.InvariantCulture);
            if (version > migrations.Count)
                throw new InvalidDataException($"it has schema version {version}, and this program knows versions up to {migrations.Count}");
            for (var next = version; next < migrations.Count; next++)
                await RunAsync(connection, $"BEGIN; {migrations[next]}; INSERT INTO schema_version VALUES ({next + 1}); COMMIT", cancellation);
        }
        finally
        {
            // A connection that has gone has let go of it.
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await RunAsync(connection, $"ROLLBACK; SELECT pg_advisory_unlock({MigrationLock}); RESET statement_timeout", CancellationToken.None);
        }
    }

    /// <summary>Whether somebody has used the database before.</summary>
    public static async Task<bool> IsEmptyAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ScalarAsync(connection, "SELECT to_regclass('documents')::text", cancellation) is null
            || await ScalarAsync(connection, "SELECT 1 FROM documents LIMIT 1", cancellation) is null;
    }

    private static NpgsqlConnectionStringBuilder SettingsOf(PostgresConfiguration configuration) => new()
    {
        Host = configuration.Host,
        Port = configuration.Port,
        Database = configuration.Database,
        Username = configuration.User,
        RootCertificate = configuration.CaFile,
        SslMode = configuration.Tls switch
        {
            "disable" => SslMode.Disable,
            "require" => SslMode.Require,
            _ => SslMode.VerifyFull,
        },
    };

    private static string Password(string file) => ReferencedFile.ReadText(file).TrimEnd('\r', '\n');

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = MigrationTimeout };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation) is { } value and not DBNull ? value : null;
    }

    /// <summary>What can be wrong with a database that is reached over a network.</summary>
    public static bool IsFailure(Exception exception) => exception is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException;
}
