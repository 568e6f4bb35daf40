using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

/// <summary>Manifests that are written to a twin.</summary>
public sealed class TwinManifestCheckTests
{
    private const string Good = """{"EdgeModule/web":{"image":"nginx:1.27"}}""";
    private const string Bad = """{"EdgeModule/web":{"image":"nginx:1.27","imgae":"x"}}""";

    [Fact]
    public void Every_problem_is_named_by_its_manifest_and_field()
    {
        var problem = Check("{}", """{"EdgeModule/web":{"imgae":"x"},"ConfigFile/motd":{"path":"etc/motd","content":"hello"},"Nonsense/a":{},"lonely":{"image":"a"}}""")!;

        problem.Path.Should().Be("properties.desired.edgeoperator.manifests");
        problem.IsSize.Should().BeFalse();
        problem.Message.Should().Contain("EdgeModule/web: the field `imgae` is not known in spec").And.Contain("EdgeModule/web: spec.image is missing").And.Contain("ConfigFile/motd: spec.path").And.Contain("Nonsense/a: ").And.Contain("lonely: ");
    }

    [Theory]
    [InlineData(Good)]
    [InlineData("{}")]
    [InlineData("""{"EdgeModule/web":{"image":"${vars.registry}/web:${device.labels.ring}","ports":["${vars.port}:80"]}}""")]
    [InlineData("""{"ConfigFile/motd":{"path":"/etc/${device.name}","content":"${vars.missing}"}}""")]
    [InlineData("""{"EdgeModule/web":{"image":"nginx:1.27","dependsOn":["EdgeModule/of-another-source"]}}""")]
    [InlineData("""{"EdgeModule/web":{"image":"nginx:1.27","deviceSelector":{"matchLabels":{"site":"berlin"}}}}""")]
    [InlineData("""{"EdgeModule/one":{"image":"a","ports":["80:80"],"deviceSelector":{"matchLabels":{"x":"1"}}},"EdgeModule/two":{"image":"b","ports":["80:80"],"deviceSelector":{"matchLabels":{"x":"2"}}}}""")]
    public void What_may_be_right_on_a_device_is_accepted(string manifests) => Check("{}", manifests).Should().BeNull();

    [Theory]
    [InlineData("""{"EdgeModule/one":{"image":"a","dependsOn":["EdgeModule/two"]},"EdgeModule/two":{"image":"b","dependsOn":["EdgeModule/one"]}}""", "form a cycle")]
    [InlineData("""{"EdgeModule/one":{"image":"a","ports":["80:80"]},"EdgeModule/two":{"image":"b","ports":["80:80"]}}""", "both")]
    [InlineData("""{"EdgeModule/one":"nginx"}""", "EdgeModule/one: spec")]
    public void What_can_t_go_together_or_has_another_form_is_refused(string manifests, string message) => Check("{}", manifests)!.Message.Should().Contain(message);

    [Fact]
    public void A_twin_that_holds_a_wrong_manifest_already_can_be_repaired_and_changed_otherwise()
    {
        Check(Bad, Good).Should().BeNull();
        Check(Bad, "{}").Should().BeNull();
        Check(Bad, Bad).Should().BeNull();
        Check(Bad, """{"EdgeModule/web":{"image":"nginx:1.27","imgae":"x"},"EdgeModule/db":{"image":"postgres:17"}}""").Should().BeNull();
        Check(Bad, """{"EdgeModule/web":{"image":"nginx:1.28","imgae":"x"}}""")!.Message.Should().StartWith("EdgeModule/web: the field `imgae` is not known in spec");
        Check(Bad, """{"EdgeModule/web":{"image":"nginx:1.27","imgae":"x"},"EdgeModule/db":{}}""")!.Message.Should().StartWith("EdgeModule/db: ").And.NotContain("EdgeModule/web");
    }

    [Fact]
    public void A_manifest_that_is_removed_is_not_missed()
    {
        const string Both = """{"EdgeModule/web":{"image":"a","dependsOn":["EdgeModule/db"]},"EdgeModule/db":{"image":"b"}}""";

        Check(Both, """{"EdgeModule/web":{"image":"a","dependsOn":["EdgeModule/db"]}}""").Should().BeNull();
    }

    [Theory]
    [InlineData("""{"edgeoperator":{"manifests":"none"}}""")]
    [InlineData("""{"edgeoperator":1}""")]
    public void What_is_no_map_of_manifests_is_somebody_else_s(string desired) => TwinManifestCheck.Find([], TwinJson.Object(desired), RegisteredKinds.All.Manifests).Should().BeNull();

    [Fact]
    public void A_write_that_is_refused_leaves_no_twin()
    {
        var before = TwinWrite.Patch(Twin.Initial, null, Desired(Bad), TwinJson.Now).Twin!;

        var refused = TwinWrite.Patch(before, null, Desired("""{"EdgeModule/db":{}}"""), TwinJson.Now).Checked(before, RegisteredKinds.All.Manifests);
        var accepted = TwinWrite.Patch(before, null, new JsonObject { ["other"] = 1 }, TwinJson.Now).Checked(before, RegisteredKinds.All.Manifests);

        refused.Should().Match<TwinWriteResult>(r => r.Twin == null && r.Problem!.Message.StartsWith("EdgeModule/db"));
        accepted.Problem.Should().BeNull();
        accepted.Twin!.Version.Should().Be(before.Version + 1);
    }

    private static TwinProblem? Check(string before, string after) => TwinManifestCheck.Find(Desired(before), Desired(after), RegisteredKinds.All.Manifests);

    private static JsonObject Desired(string manifests) => new() { ["edgeoperator"] = new JsonObject { ["manifests"] = TwinJson.Object(manifests) } };
}
