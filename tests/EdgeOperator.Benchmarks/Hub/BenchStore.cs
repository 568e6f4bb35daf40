using EdgeOperator.Testing;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>One of the two stores, filled with devices by SQL, since a hub that creates so many is not what is measured.</summary>
internal sealed class BenchStore : IAsyncDisposable
{
    private readonly PostgresServer? _server;
    private readonly string _database;

    private BenchStore(PostgresServer? server, string database) => (_server, _database) = (server, database);

    public string Name => _server is null ? "SQLite" : "PostgreSQL";

    public string Configuration => _server?.Configuration(_database) ?? "";

    public static Task<BenchStore> SqliteAsync() => Task.FromResult(new BenchStore(null, ""));

    /// <summary>What is committed is on the disk.</summary>
    public static async Task<BenchStore> PostgresAsync()
    {
        var server = await PostgresServer.StartAsync(isDurable: true);
        return new(server, await server.CreateDatabaseAsync());
    }

    /// <summary>The name of a device, from 0.</summary>
    public static string DeviceName(int number) => $"d{number:000000}";

    /// <summary>Devices with a twin of about a kilobyte each: the tag <c>site</c> has a thousand values, and so has the reported property <c>n</c>.</summary>
    /// <param name="hub">One that has made the tables and is stopped.</param>
    public async Task FillAsync(BenchHub hub, int devices)
    {
        if (_server is not null)
        {
            await RunPostgresAsync(Statements($"generate_series(0, {devices - 1}) AS n (i)", "'d' || lpad(i::text, 6, '0')", "(i % 1000)", "repeat('x', 700)", "true", "false") + "; ANALYZE;");
            return;
        }

        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = hub.Database, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 300;
        var numbers = $"(WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {devices - 1}) SELECT i FROM n)";
        command.CommandText = $"BEGIN; {Statements(numbers, "printf('d%06d', i)", "(i % 1000)", "printf('%.700c', 'x')", "1", "0")}; COMMIT; ANALYZE;";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Changes the desired properties of devices by one statement, as a bulk change does.</summary>
    public Task ChangeAllAsync(int devices) => RunPostgresAsync($"""
        WITH written AS (UPDATE twins SET version = version + 1, desired_version = desired_version + 1 WHERE device_id < '{DeviceName(devices)}' RETURNING device_id, module_id, desired_version)
        INSERT INTO changes (device_id, module_id, kind, body, version) SELECT device_id, module_id, 1, json_build_object('n', desired_version)::text, desired_version FROM written
        """);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private Task<string> RunPostgresAsync(string sql) => _server!.RunAsync("psql", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", sql, _database);

    private static string Statements(string numbers, string name, string thousandth, string padding, string yes, string no)
    {
        const string Metadata = """'{"$lastUpdated":"0001-01-01T00:00:00Z"}'""";
        return $$"""
            INSERT INTO identities SELECT {{name}}, '', '1', 'a', {{yes}}, NULL, NULL, 0, NULL, NULL, NULL, NULL, {{no}}, NULL FROM {{numbers}};
            INSERT INTO twins SELECT {{name}}, '', 1, '{"site":"s' || {{thousandth}} || '"}', '{}', {{Metadata}}, 1,
                '{"edgeoperator":{"n":' || {{thousandth}} || ',"padding":"' || {{padding}} || '"} }', {{Metadata}}, 1, '{}' FROM {{numbers}};
            INSERT INTO twin_tags SELECT 'site ss' || {{thousandth}}, {{name}}, '' FROM {{numbers}}
            """;
    }
}
