using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tables;
using EdgeOperator.Functions.Tables.Embedded;

namespace EdgeOperator.Functions.Tests.Tables;

/// <summary>What table bindings do, whatever store they lead to.</summary>
public abstract class TableStoreCases
{
    private readonly string _table = $"t{Guid.NewGuid():n}";

    protected abstract EmbeddedTables Own { get; }

    /// <summary>Of <c>AzureWebJobsStorage</c>; null for the host's own.</summary>
    protected abstract string? Connection { get; }

    [Fact]
    public async Task An_entity_that_was_put_out_is_read_by_its_keys()
    {
        await WriteAsync("""{"PartitionKey": "a", "RowKey": "1", "Name": "é'\"", "Count": 12, "Price": 1.5, "Open": true, "Parts": [1, {"x": 2}], "Nothing": null}""");

        (await ReadAsync("a", "1"))!.ToJsonString().Should().Be(
            JsonNode.Parse("""{"PartitionKey": "a", "RowKey": "1", "Name": "é'\"", "Count": 12, "Price": 1.5, "Open": true, "Parts": "[1,{\"x\":2}]"}""")!.ToJsonString());
        (await ReadAsync("a", "2")).Should().BeNull();
        (await ReadAsync("A", "1")).Should().BeNull();
    }

    [Fact]
    public async Task Entities_of_an_array_take_their_keys_from_the_binding_where_they_have_none()
    {
        await WriteAsync("""[{"rowKey": "2"}, {"PartitionKey": "b", "RowKey": 1}]""", partition: "a");

        (await QueryAsync()).Should().Equal("a/2", "b/1");
    }

    [Fact]
    public async Task A_query_gives_what_the_filter_means_in_the_order_of_keys_and_no_more_than_take()
    {
        await WriteAsync($"[{string.Join(", ", Enumerable.Range(0, 120).Reverse().Select(i => $$"""{"PartitionKey": "{{(i % 2 == 0 ? "even" : "odd")}}", "RowKey": "{{i:000}}", "N": {{i}}}"""))}]");

        (await QueryAsync(filter: "N ge 10 and N lt 14")).Should().Equal("even/010", "even/012", "odd/011", "odd/013");
        (await QueryAsync(partition: "odd", filter: "N lt 2 or N eq 118L or N eq 119L")).Should().Equal("odd/001", "odd/119");
        (await QueryAsync(partition: "even", take: 3)).Should().Equal("even/000", "even/002", "even/004");
        (await QueryAsync(partition: "o'dd")).Should().BeEmpty();
        (await QueryAsync()).Should().HaveCount(120);
        (await QueryAsync(filter: "Timestamp gt datetime'2020-01-01T00:00:00Z'", take: 1)).Should().HaveCount(1);
    }

    [Fact]
    public async Task A_table_that_is_missing_is_empty()
    {
        (await QueryAsync()).Should().BeEmpty();
        (await ReadAsync("a", "1")).Should().BeNull();
    }

    [Fact]
    public async Task An_entity_that_is_there_is_an_error_unless_it_is_to_be_replaced()
    {
        await WriteAsync("""{"PartitionKey": "a", "RowKey": "1", "V": 1}""");

        (await FluentActions.Awaiting(() => WriteAsync("""{"PartitionKey": "a", "RowKey": "1", "V": 2}""")).Should().ThrowAsync<IOException>())
            .Which.Message.Should().Contain("EntityAlreadyExists");
        (await ReadAsync("a", "1"))!["V"]!.ToString().Should().Be("1");

        await WriteAsync("""{"PartitionKey": "a", "RowKey": "1", "ETag": "*", "W": 3}""");
        (await ReadAsync("a", "1"))!.ToJsonString().Should().Be("""{"PartitionKey":"a","RowKey":"1","W":3}""");
    }

    [Theory]
    [InlineData("""{"RowKey": "1"}""", "has no PartitionKey")]
    [InlineData("""{"PartitionKey": "a"}""", "has no RowKey")]
    [InlineData("""{"PartitionKey": "a/b", "RowKey": "1"}""", "none of /")]
    [InlineData("\"text\"", "is an object")]
    [InlineData("no JSON", "no JSON")]
    public async Task What_is_no_entity_is_an_error(string json, string error) =>
        (await FluentActions.Awaiting(() => WriteAsync(json)).Should().ThrowAsync<IOException>()).Which.Message.Should().Contain(error);

    [Fact]
    public async Task Null_writes_nothing()
    {
        await WriteAsync("null");
        await WriteAsync("[]");

        (await QueryAsync()).Should().BeEmpty();
    }

    protected FunctionApp App() => new()
    {
        Name = "app",
        Folder = "/app",
        Host = new(),
        Settings = Connection is { } connection ? ImmutableSortedDictionary<string, string>.Empty.Add("AzureWebJobsStorage", connection) : ImmutableSortedDictionary<string, string>.Empty,
        Worker = "node",
    };

    private Task WriteAsync(string json, string? partition = null) =>
        new TableOutput(App(), new(Own)).WriteAsync(Binding(BindingDirection.Out, partition), new Value.Text(json), [], default);

    private async Task<JsonNode?> ReadAsync(string partition, string row) =>
        (await new TableInput(App(), new(Own)).ReadAsync(Binding(BindingDirection.In, partition, row), default) as Value.Json)?.Content;

    private async Task<IEnumerable<string>> QueryAsync(string? partition = null, string? filter = null, int take = 0) =>
        ((JsonArray)((Value.Json)(await new TableInput(App(), new(Own)).ReadAsync(Binding(BindingDirection.In, partition, null, filter, take), default))!).Content!)
            .Select(e => $"{e!["PartitionKey"]}/{e["RowKey"]}");

    private Binding Binding(BindingDirection direction, string? partition, string? row = null, string? filter = null, int take = 0) => new(
        "x", "table", direction, new JsonObject { ["tableName"] = _table, ["partitionKey"] = partition, ["rowKey"] = row, ["filter"] = filter, ["take"] = take });
}
