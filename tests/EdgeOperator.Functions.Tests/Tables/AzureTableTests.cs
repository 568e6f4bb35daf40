using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tables;
using EdgeOperator.Functions.Tables.Azure;
using EdgeOperator.Functions.Tables.Embedded;
using EdgeOperator.Functions.Tests.Queues;

namespace EdgeOperator.Functions.Tests.Tables;

public sealed class AzureTableTests(AzuriteTables azurite) : TableStoreCases, IClassFixture<AzuriteTables>
{
    protected override EmbeddedTables Own => null!;

    protected override string? Connection => azurite.Connection;

    [Fact]
    public async Task A_worker_that_opens_the_table_itself_gets_what_describes_it()
    {
        var binding = new Binding("x", "table", BindingDirection.In, new JsonObject
        {
            ["tableName"] = "orders",
            ["partitionKey"] = "a",
            ["filter"] = "N gt 1",
            ["take"] = 5,
            ["properties"] = new JsonObject { ["supportsDeferredBinding"] = "True" },
        });

        var model = (await new TableInput(App(), new(Own)).ReadAsync(binding, default)).Should().BeOfType<Value.Model>().Subject;

        model.Source.Should().Be("AzureStorageTables");
        model.Content.ToJsonString().Should().Be("""{"TableName":"orders","Take":5,"Filter":"N gt 1","Connection":"AzureWebJobsStorage","PartitionKey":"a","RowKey":null}""");
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_telling_the_key()
    {
        var refused = await FluentActions.Awaiting(() => new AzureTableStore(azurite.WrongKey).FindAsync("orders", new("a", "1"), default)).Should().ThrowAsync<IOException>();

        refused.WithMessage("*answered 403*").Which.ToString().Should().NotContain("d3Jvbmc=");
    }

    [Fact]
    public async Task An_account_that_does_not_answer_is_told_as_such() =>
        await FluentActions.Awaiting(() => new AzureTableStore("AccountName=shop;AccountKey=d3Jvbmc=;TableEndpoint=http://127.0.0.1:1/shop").FindAsync("orders", new("a", "1"), default))
            .Should().ThrowAsync<IOException>().WithMessage("*can't be reached*");
}
