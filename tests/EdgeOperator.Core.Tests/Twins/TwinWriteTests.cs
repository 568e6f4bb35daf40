using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinWriteTests
{
    [Fact]
    public void A_new_twin_has_version_1_everywhere_and_was_never_updated()
    {
        Twin.Initial.ForDevice().ToJsonString().Should().Be("""{"desired":{"$version":1},"reported":{"$version":1}}""");
        Twin.Initial.Desired.ForService().ToJsonString().Should().Be("""{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}""");
        Twin.Initial.ETag.Should().Be("AAAAAAAAAAE=");
    }

    [Fact]
    public void A_patch_raises_the_version_of_desired_properties_and_is_what_the_device_is_sent()
    {
        var written = TwinWrite.Patch(Twin.Initial, null, TwinJson.Object("""{"a":{"b":null},"c":1,"$version":99}"""), TwinJson.Now);

        written.Twin!.Desired.ForDevice().ToJsonString().Should().Be("""{"a":{},"c":1,"$version":2}""");
        written.Notification!.ToJsonString().Should().Be("""{"a":{"b":null},"c":1}""");
        written.Twin.ETag.Should().Be("AAAAAAAAAAI=");
    }

    [Fact]
    public void A_patch_of_tags_alone_tells_the_device_nothing_and_leaves_its_versions()
    {
        var written = TwinWrite.Patch(Twin.Initial, TwinJson.Object("""{"site":"x"}"""), null, TwinJson.Now);

        written.Notification.Should().BeNull();
        written.Twin!.Desired.Version.Should().Be(1);
        written.Twin.Version.Should().Be(2);
    }

    [Fact]
    public void A_replacement_removes_what_it_does_not_name_and_leaves_reported_properties()
    {
        var before = TwinWrite.Report(TwinWrite.Patch(Twin.Initial, TwinJson.Object("""{"t":1}"""), TwinJson.Object("""{"a":1,"b":2}"""), TwinJson.Now).Twin!, TwinJson.Object("""{"r":1}"""), TwinJson.Now).Twin!;

        var written = TwinWrite.Replace(before, null, TwinJson.Object("""{"a":1,"c":100,"n":null}"""), TwinJson.Now);

        written.Twin!.Tags.Should().BeEmpty();
        written.Twin.Desired.Values.ToJsonString().Should().Be("""{"a":1,"c":100}""");
        written.Twin.Reported.Values.ToJsonString().Should().Be("""{"r":1}""");
        written.Notification!.ToJsonString().Should().Be("""{"a":1,"c":100,"b":null}""");
    }

    [Fact]
    public void Metadata_says_when_and_with_which_version_each_part_was_written()
    {
        var first = TwinWrite.Patch(Twin.Initial, null, TwinJson.Object("""{"a":{"x":1,"y":[1]},"b":1}"""), TwinJson.Now).Twin!;
        var second = TwinWrite.Patch(first, null, TwinJson.Object("""{"a":{"x":2},"b":null}"""), TwinJson.Now.AddSeconds(1)).Twin!;

        second.Desired.Metadata.ToJsonString().Should().Be(
            """{"$lastUpdated":"2026-05-04T03:02:02.0000000Z","$lastUpdatedVersion":3,"a":{"$lastUpdated":"2026-05-04T03:02:02.0000000Z","$lastUpdatedVersion":3,"x":{"$lastUpdated":"2026-05-04T03:02:02.0000000Z","$lastUpdatedVersion":3},"y":{"$lastUpdated":"2026-05-04T03:02:01.0000000Z","$lastUpdatedVersion":2}}}""");
    }

    [Fact]
    public void Reported_properties_have_their_own_version_and_no_versions_in_metadata()
    {
        var written = TwinWrite.Report(Twin.Initial, TwinJson.Object("""{"a":1}"""), TwinJson.Now).Twin!;

        written.Reported.Version.Should().Be(2);
        written.Version.Should().Be(1);
        written.Reported.Metadata.ToJsonString().Should().NotContain("lastUpdatedVersion");
    }

    [Fact]
    public void Every_key_has_metadata_and_nothing_else_has() =>
        Prop.ForAll(TwinJson.Objects(withNulls: true), TwinJson.Objects(withNulls: true), (first, second) =>
        {
            var twin = TwinWrite.Report(TwinWrite.Report(Twin.Initial, TwinJson.Object(first), TwinJson.Now).Twin!, TwinJson.Object(second), TwinJson.Now).Twin!;
            return HaveSameKeys(twin.Reported.Values, twin.Reported.Metadata);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_device_that_merges_what_it_is_sent_has_what_the_hub_has() =>
        Prop.ForAll(TwinJson.Objects(withNulls: true), TwinJson.Objects(withNulls: true), Gen.Elements(true, false).ToArbitrary(), (first, second, replaces) =>
        {
            var before = TwinWrite.Patch(Twin.Initial, null, TwinJson.Object(first), TwinJson.Now).Twin!;
            var written = replaces
                ? TwinWrite.Replace(before, null, TwinJson.Object(second), TwinJson.Now)
                : TwinWrite.Patch(before, null, TwinJson.Object(second), TwinJson.Now);
            return JsonNode.DeepEquals(TwinMerge.Merged(before.Desired.Values, written.Notification!), written.Twin!.Desired.Values);
        }).QuickCheckThrowOnFailure();

    private static bool HaveSameKeys(JsonObject values, JsonObject metadata) =>
        metadata.Where(m => m.Key[0] != '$').Select(m => m.Key).Order().SequenceEqual(values.Select(v => v.Key).Order())
        && metadata.ContainsKey("$lastUpdated")
        && values.All(v => v.Value is not JsonObject inner || HaveSameKeys(inner, metadata[v.Key]!.AsObject()));
}
