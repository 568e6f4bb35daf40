using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Portal.Actions;
using EdgeOperator.Portal.Components;

namespace EdgeOperator.Portal.Tests.Components;

/// <summary>What is typed into the filter of devices, as the hub understands it.</summary>
public sealed class DeviceQueryTests
{
    private const string Twin = """{"deviceId":"till-17","connectionState":"Connected","status":"enabled","tags":{"labels":{"site":"berlin","note":"it's \\ here"}},"properties":{"reported":{"edgeoperator":{"suspended":false,"conditions":{"Ready":{"status":"False"}}}}}}""";

    [Theory]
    [InlineData("till", null, null, null, true)]
    [InlineData("till-18", null, null, null, false)]
    [InlineData("Till", null, null, null, false)]
    [InlineData(null, "site=berlin", null, null, true)]
    [InlineData(null, "site=berlin, site!=paris", null, null, true)]
    [InlineData(null, "site!=berlin", null, null, false)]
    [InlineData(null, "role!=till", null, null, true)]
    [InlineData(null, "role", null, null, false)]
    [InlineData(null, null, "not-ready", null, true)]
    [InlineData(null, null, "ready", null, false)]
    [InlineData(null, null, "connected", null, true)]
    [InlineData(null, null, "suspended", null, false)]
    [InlineData(null, null, "disabled", null, false)]
    [InlineData(null, null, null, "tags.labels.site = 'paris' OR deviceId = 'till-17'", true)]
    [InlineData("till", "site=berlin", "not-ready", "tags.labels.site = 'paris' OR deviceId = 'x'", false)]
    public void It_finds_a_device_or_does_not(string? name, string? labels, string? state, string? where, bool isFound) =>
        QueryEvaluation.Matches(TwinQuery.ParseCondition(new DeviceQuery(name, labels, state, where).Condition()!), JsonNode.Parse(Twin)!.AsObject()).Should().Be(isFound);

    [Theory]
    [InlineData("'")]
    [InlineData("\\")]
    [InlineData("x' OR 'a' = 'a")]
    [InlineData("\\' OR 1 = 1")]
    public void What_is_typed_is_never_more_than_a_text(string text)
    {
        var condition = TwinQuery.ParseCondition(new DeviceQuery(text, null, null, null).Condition()!);

        QueryEvaluation.Matches(condition, JsonNode.Parse(Twin)!.AsObject()).Should().BeFalse();
    }

    [Theory]
    [InlineData("si te=berlin '")]
    [InlineData("a.b=c")]
    [InlineData("=x")]
    public void What_is_no_label_is_refused(string labels) => FluentActions.Invoking(() => new DeviceQuery(null, labels, null, null).Condition()).Should().Throw<ActionInputException>();

    [Fact]
    public void Nothing_is_asked_for_with_an_empty_filter() => new DeviceQuery(" ", "", null, "").Condition().Should().BeNull();
}
