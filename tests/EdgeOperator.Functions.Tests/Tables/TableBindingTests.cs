using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;

namespace EdgeOperator.Functions.Tests.Tables;

public sealed class TableBindingTests
{
    private static readonly Binding Queue = new("q", "queueTrigger", BindingDirection.In, new JsonObject { ["queueName"] = "orders" });

    [Theory]
    [InlineData("in", """{"partitionKey": "a"}""", "The binding x has no tableName")]
    [InlineData("in", """{"tableName": "no-table"}""", "*names the table \"no-table\"*")]
    [InlineData("in", """{"tableName": "orders", "rowKey": "1"}""", "*rowKey without a partitionKey*")]
    [InlineData("in", """{"tableName": "orders", "partitionKey": "a", "rowKey": "1", "take": 5}""", "*rowKey*filter or take*keep one*")]
    [InlineData("in", """{"tableName": "orders", "partitionKey": "a", "rowKey": "1", "filter": "Count gt 1"}""", "*rowKey*filter or take*")]
    [InlineData("in", """{"tableName": "orders", "filter": "Count > 1"}""", "The filter \"Count > 1\" can't be read*")]
    [InlineData("in", """{"tableName": "orders", "take": "some"}""", "*the take some*")]
    [InlineData("in", """{"tableName": "orders", "take": -1}""", "*the take -1*")]
    [InlineData("in", """{"tableName": "orders", "partitionKey": "a/b", "rowKey": "1"}""", "*PartitionKey*none of*")]
    [InlineData("in", """{"tableName": "orders", "connection": "Elsewhere"}""", "*names the connection Elsewhere*")]
    [InlineData("out", """{"tableName": "orders", "connection": "Broken"}""", "*can't be used for tables*")]
    [InlineData("out", """{"tableName": ""}""", "The binding x has no tableName")]
    [InlineData("inout", """{"tableName": "orders"}""", "*inout*not supported*")]
    public void A_binding_that_could_never_work_is_refused_when_the_app_is_loaded(string direction, string properties, string message)
    {
        var check = () => Check(direction, properties);

        check.Should().Throw<FormatException>().WithMessage(message);
    }

    [Theory]
    [InlineData("in", """{"tableName": "orders", "partitionKey": "{shop}", "rowKey": "{queueTrigger}"}""")]
    [InlineData("in", """{"tableName": "{table}", "filter": "Count gt {min}", "take": "{take}"}""")]
    [InlineData("in", """{"tableName": "orders", "filter": "Count gt 1", "take": 5}""")]
    [InlineData("out", """{"tableName": "orders", "partitionKey": "a"}""")]
    public void What_is_right_or_known_only_with_a_trigger_is_accepted(string direction, string properties) =>
        Check(direction, properties).Should().HaveCount(2);

    private static ImmutableArray<Binding> Check(string direction, string properties) => BindingReader.Check(
        [Queue, new("x", "table", Enum.Parse<BindingDirection>(direction, ignoreCase: true), JsonNode.Parse(properties)!.AsObject())],
        ImmutableSortedDictionary<string, string>.Empty.Add("Broken", "AccountName=shop"));
}
