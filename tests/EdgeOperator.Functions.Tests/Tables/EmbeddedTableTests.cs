using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Tables;
using EdgeOperator.Functions.Tables.Embedded;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Tables;

public sealed class EmbeddedTableTests : TableStoreCases, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private HostDatabase _database = null!;

    protected override EmbeddedTables Own => new(_database, TimeProvider.System);

    protected override string? Connection => null;

    public Task InitializeAsync()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task More_entities_than_a_page_come_each_once()
    {
        ITableStore store = Own;
        await store.WriteAsync("many", [.. Enumerable.Range(0, 1201).Select(i => new TableRow(new($"{i / 500}", $"{i:0000}"), [], null))], default);

        var found = await store.QueryAsync("many", null, null, 0, default);

        found.Select(e => (string)e!["RowKey"]!).Should().Equal(Enumerable.Range(0, 1201).Select(i => $"{i:0000}"));
    }

    [Fact]
    public async Task Entities_outlive_the_host()
    {
        await ((ITableStore)Own).WriteAsync("kept", [new(new("a", "1"), [], null)], default);
        await _database.DisposeAsync();
        await InitializeAsync();

        (await ((ITableStore)Own).FindAsync("Kept", new("a", "1"), default)).Should().NotBeNull("names of tables are compared without regard to case");
    }

    [Fact]
    public async Task What_fails_in_the_middle_writes_nothing()
    {
        ITableStore store = Own;
        await store.WriteAsync("orders", [new(new("a", "2"), [], null)], default);

        await FluentActions.Awaiting(() => store.WriteAsync("orders", [new(new("a", "1"), [], null), new(new("a", "2"), [], null)], default)).Should().ThrowAsync<IOException>();

        (await store.FindAsync("orders", new("a", "1"), default)).Should().BeNull();
    }
}
