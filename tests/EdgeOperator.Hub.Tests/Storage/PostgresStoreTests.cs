using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Postgres;
using EdgeOperator.Testing;
using Npgsql;

namespace EdgeOperator.Hub.Tests.Storage;

[Collection(SharedPostgres.Name)]
public sealed class PostgresStoreTests(SharedPostgres shared) : StoreTests, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SecretBox _secrets = null!;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _secrets = SecretBox.Open(_folder.File("secrets.key"));
        _database = await shared.Server.CreateDatabaseAsync();
        Store = await OpenAsync("one");
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        _secrets.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Replicas_that_start_at_once_apply_each_migration_once()
    {
        _database = await shared.Server.CreateDatabaseAsync();

        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => OpenAsync($"r{i}")));

        foreach (var store in stores)
        {
            await store.CheckAsync(default);
            await store.DisposeAsync();
        }

        (await shared.Server.RunAsync("psql", "-At", "-c", "SELECT version FROM schema_version", _database)).Trim().Split('\n').Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing()
    {
        await using var database = NpgsqlDataSource.Create(shared.Server.ConnectionString(_database));
        var migrations = PostgresSchema.Migrations.Append("CREATE TABLE first (a int); CREATE TABLE identities (a int);").ToArray();

        await FluentActions.Awaiting(() => PostgresDatabase.MigrateAsync(database, migrations, default)).Should().ThrowAsync<PostgresException>();
        await PostgresDatabase.MigrateAsync(database, [.. PostgresSchema.Migrations, "CREATE TABLE first (a int)"], default);

        await FluentActions.Awaiting(() => PostgresDatabase.MigrateAsync(database, PostgresSchema.Migrations, default))
            .Should().ThrowAsync<InvalidDataException>().WithMessage($"*version {PostgresSchema.Migrations.Length + 1}*up to {PostgresSchema.Migrations.Length}*");
    }

    [Fact]
    public async Task A_change_that_is_committed_late_is_read_though_later_ones_were_read_before_and_one_that_never_is_holds_up_nothing()
    {
        await AddAsync("d");
        var cursor = await Store.LastChangeAsync(default);
        await using var database = NpgsqlDataSource.Create(shared.Server.ConnectionString(_database));
        await using var slow = await database.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("UPDATE identities SET managed_by = 'x'; INSERT INTO changes (device_id, module_id, kind, version) VALUES ('late', '', 3, 0)", slow))
            await insert.ExecuteNonQueryAsync();
        await using var undone = await database.OpenConnectionAsync();
        await using (var undo = new NpgsqlCommand("BEGIN; INSERT INTO leases VALUES ('x', '', 0, now()); INSERT INTO changes (device_id, module_id, kind, version) VALUES ('never', '', 3, 0); ROLLBACK", undone))
            await undo.ExecuteNonQueryAsync();

        await WriteAsync(1);
        var early = await Store.ReadChangesAsync(cursor, 10, default);
        early.Changes.Should().ContainSingle().Which.Version.Should().Be(2);
        early.Next.Gaps.Should().NotBeEmpty();

        await transaction.CommitAsync();
        await WriteAsync(2);
        var late = await Store.ReadChangesAsync(early.Next, 10, default);
        late.Changes.Select(c => c.Key.DeviceId).Should().Equal("late", "d");

        // Other databases of the server may be written to just then.
        await Eventually.SucceedsAsync(async () =>
        {
            late = await Store.ReadChangesAsync(late.Next, 10, default);
            late.Next.Gaps.Should().BeEmpty();
        });
        late.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_write_while_changes_are_read()
    {
        const int Devices = 30, Writes = 20;
        for (var i = 0; i < Devices; i++)
            await AddAsync($"d{i}");
        await using var reader = await OpenAsync("two");
        var cursor = await reader.LastChangeAsync(default);
        var seen = new List<Change>();

        var writing = Task.WhenAll(Enumerable.Range(0, Devices).Select(async i =>
        {
            for (var version = 1; version <= Writes; version++)
                await WriteAsync(version, $"d{i}");
        }));
        while (!writing.IsCompleted || cursor.Gaps.Length > 0 || (await reader.ReadChangesAsync(cursor, 1, default)).Changes.Count > 0)
        {
            var page = await reader.ReadChangesAsync(cursor, 7, default);
            seen.AddRange(page.Changes);
            cursor = page.Next;
        }

        await writing;
        foreach (var device in seen.GroupBy(c => c.Key))
            device.Select(c => c.Version).Should().Equal(Enumerable.Range(2, Writes).Select(v => (long)v), device.Key.ToString());
        seen.GroupBy(c => c.Key).Should().HaveCount(Devices);
    }

    [Fact]
    public async Task One_value_that_can_t_be_stored_fails_alone()
    {
        for (var i = 0; i < 20; i++)
            await AddAsync($"d{i}");
        await shared.Server.RunAsync("psql", "-c", "ALTER TABLE twins ADD CHECK (reported NOT LIKE '%bad%')", _database);

        var writes = Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                return await Store.WriteReportedAsync(new($"d{i}"), 1, new(new() { ["v"] = i == 7 ? "bad" : "good" }, [], 2), default);
            }
            catch (StoreException)
            {
                return false;
            }
        });

        (await Task.WhenAll(writes)).Select((isWritten, i) => (isWritten, i)).Where(r => !r.isWritten).Select(r => r.i).Should().Equal(7);
    }

    [Fact]
    public async Task A_server_that_is_away_is_an_error_of_the_store_and_the_store_works_again_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var store = await PostgresStore.OpenAsync(NpgsqlDataSource.Create(server.ConnectionString(database)), _secrets, "one", default);
        await store.AddAsync(new(new("d"), "1", "a"), Twin.Initial, default);

        await server.StopAsync();
        await FluentActions.Awaiting(() => store.CheckAsync(default)).Should().ThrowAsync<StoreException>();
        await FluentActions.Awaiting(() => store.WriteReportedAsync(new("d"), 1, TwinProperties.Initial, default)).Should().ThrowAsync<StoreException>();
        await server.StartProcessAsync();

        await Eventually.SucceedsAsync(() => store.CheckAsync(default));
        (await store.FindTwinAsync(new("d"), default)).Should().NotBeNull();
    }

    private async Task<PostgresStore> OpenAsync(string replica) =>
        await PostgresStore.OpenAsync(NpgsqlDataSource.Create(shared.Server.ConnectionString(_database) + ";Maximum Pool Size=8"), _secrets, replica, default);

    private async Task WriteAsync(int version, string device = "d") =>
        (await Store.WriteTwinAsync(new(device), version, Twin.Initial with { Version = version + 1, Desired = Twin.Initial.Desired with { Version = version + 1 } }, "{}", default)).Should().BeTrue();
}
