using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinLabelsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Labels_in_tags_are_desired_properties_too_and_the_write_is_one_version()
    {
        var before = Twin.Initial;

        var written = Patch(before, """{"labels":{"site":"berlin"}}""", """{"a":1}""");

        written.Twin!.Desired.Values.ToJsonString().Should().Be("""{"a":1,"edgeoperator":{"labels":{"site":"berlin"}}}""");
        written.Notification!.ToJsonString().Should().Be("""{"a":1,"edgeoperator":{"labels":{"site":"berlin"}}}""");
        written.Twin.Version.Should().Be(before.Version + 1);
    }

    [Fact]
    public void A_label_that_is_removed_is_removed_there_and_the_device_is_told()
    {
        var before = Patch(Twin.Initial, """{"labels":{"site":"berlin","role":"till"}}""", null).Twin!;

        var written = Patch(before, """{"labels":{"role":null}}""", """{"edgeoperator":{"vars":{"x":"1"}}}""");

        written.Twin!.Desired.Values["edgeoperator"]!.ToJsonString().Should().Be("""{"labels":{"site":"berlin"},"vars":{"x":"1"}}""");
        written.Notification!["edgeoperator"]!.ToJsonString().Should().Be("""{"vars":{"x":"1"},"labels":{"site":"berlin","role":null}}""");
    }

    [Fact]
    public void Without_any_labels_none_are_desired()
    {
        var before = Patch(Twin.Initial, """{"labels":{"site":"berlin"}}""", null).Twin!;

        Patch(before, """{"labels":null}""", null).Twin!.Desired.Values.ToJsonString().Should().Be("""{"edgeoperator":{}}""");
    }

    [Theory]
    [InlineData("""{"site":"berlin"}""")]
    [InlineData("""{"labels":["berlin"]}""")]
    [InlineData("""{"labels":{"site":{"city":"berlin"}}}""")]
    public void Tags_that_are_no_labels_are_somebody_else_s(string tags)
    {
        var written = Patch(Twin.Initial, tags, null);

        written.Twin!.Desired.Version.Should().Be(Twin.Initial.Desired.Version);
        written.Notification.Should().BeNull();
    }

    [Fact]
    public void Labels_too_many_for_desired_properties_are_refused()
    {
        var values = Enumerable.Range(0, 8).ToDictionary(i => $"k{i}", _ => new string('x', 4080));
        var full = Patch(Twin.Initial, null, JsonSerializer.Serialize(values)).Twin!;

        Patch(full, JsonSerializer.Serialize(new { labels = new { site = new string('x', 300) } }), null).Problem!.IsSize.Should().BeTrue();
    }

    private static TwinWriteResult Patch(Twin twin, string? tags, string? desired) =>
        TwinLabels.Mirrored(twin, TwinWrite.Patch(twin, Parse(tags), Parse(desired), Now), Now);

    private static JsonObject? Parse(string? json) => json is null ? null : JsonNode.Parse(json)!.AsObject();
}
