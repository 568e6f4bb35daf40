using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Fleets;

/// <summary>What is known of a device by its twin.</summary>
public sealed class FleetObservationTests
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string OtherDigest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    [Theory]
    [InlineData(null)]
    [InlineData(Digest)]
    public void A_device_has_what_it_reports_with_Ready(string? digest)
    {
        var device = Observe(Revision("a", digest), Source("a", digest), "True");

        device.Has(Revision("a", digest)).Should().BeTrue();
        device.Has(Revision("b", digest)).Should().BeFalse();
        Observe(Revision("a", digest), Source("a", digest), "False").Has(Revision("a", digest)).Should().BeFalse();
        Observe(Revision("b", digest), Source("a", digest), "True").Has(Revision("a", digest)).Should().BeFalse("its twin asks for another one, which it has not looked at yet");
    }

    [Fact]
    public void The_same_commit_with_other_content_is_another_revision() =>
        Observe(Revision("a", Digest), Source("a", OtherDigest), "True").Has(Revision("a", Digest)).Should().BeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData(Digest)]
    public void It_has_failed_when_it_names_the_revision_as_one_that_it_has_given_up_on_or_is_stalled_at_it(string? digest)
    {
        Observe(Revision("b", digest), Source("a", digest, failed: "b"), "False", "True").Failure.Should().Be("web is unhealthy");
        Observe(Revision("a", digest), Source("a", digest), "False", "True").Failure.Should().Be("it does not go on");
        Observe(Revision("b", digest), Source("a", digest), "False", "True").Failure.Should().BeNull("it has not looked at it yet");
    }

    [Theory(DisplayName = "Argo CD 29410: what a device still says of the revision that it gave up on is not held against the good one that it is given back")]
    [InlineData(null)]
    [InlineData(Digest)]
    public void A_revision_is_not_judged_by_the_one_before(string? digest)
    {
        var before = Observe(Revision("a", digest), Source("a", digest, failed: "b"), "False", "True");
        var after = Observe(Revision("a", digest), Source("a", digest), "True");

        (before.Failure, before.Has(Revision("a", digest))).Should().Be((null, false));
        after.Has(Revision("a", digest)).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"edgeoperator":7}""")]
    [InlineData("""{"edgeoperator":{"sources":[],"artifacts":"x","conditions":{"Ready":[]},"counts":{"resources":"all"}}}""")]
    [InlineData("""{"edgeoperator":{"sources":{"git":{"applied":5,"failed":{"revision":{}}}}}}""")]
    public void Whatever_a_device_reports_can_be_looked_at(string reported)
    {
        var device = FleetObservation.Of("d", Twin(JsonNode.Parse(reported)!.AsObject(), Revision("a", null)), true, "git", ImmutableSortedDictionary<string, string>.Empty);

        (device.Applied, device.IsReady, device.Failure).Should().Be((null, false, null));
    }

    private static string Revision(string commit, string? digest) => new FleetRevision(new(commit[0], 40), digest).ToString();

    private static JsonObject Source(string applied, string? digest, string? failed = null)
    {
        JsonNode Of(string commit) => digest is null ? new string(commit[0], 40) : new JsonObject { ["revision"] = new string(commit[0], 40), ["digest"] = digest };
        var source = new JsonObject { ["applied"] = Of(applied) };
        if (failed is not null)
        {
            var given = digest is null ? new JsonObject { ["revision"] = Of(failed) } : Of(failed).AsObject();
            given["message"] = "web is unhealthy";
            source["failed"] = given;
        }

        return new() { [digest is null ? "sources" : "artifacts"] = new JsonObject { ["git"] = source } };
    }

    private static FleetDevice Observe(string assigned, JsonObject report, string ready, string stalled = "False")
    {
        report["conditions"] = new JsonObject { ["Ready"] = new JsonObject { ["status"] = ready }, ["Stalled"] = new JsonObject { ["status"] = stalled, ["message"] = "it does not go on" } };
        return FleetObservation.Of("d", Twin(new() { ["edgeoperator"] = report }, assigned), true, "git", ImmutableSortedDictionary<string, string>.Empty);
    }

    private static Twin Twin(JsonObject reported, string assigned)
    {
        var twin = Core.Twins.Twin.Initial;
        return twin with
        {
            Desired = twin.Desired.Patched(TwinSection.Desired, FleetObservation.Assignment(twin, "git", assigned), DateTimeOffset.UnixEpoch),
            Reported = twin.Reported.Patched(TwinSection.Reported, reported, DateTimeOffset.UnixEpoch),
        };
    }
}
