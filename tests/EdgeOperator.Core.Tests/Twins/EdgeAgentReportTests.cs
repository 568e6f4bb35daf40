using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class EdgeAgentReportTests
{
    private static readonly RevisionStatus Good = new("good", "good");

    private static readonly DeviceStatus Status = new() { Device = "d", AgentVersion = "1.2.3", Desired = Good, LastGood = Good };

    [Theory]
    [InlineData("running", "0", "running")]
    [InlineData("starting", "0", "running")]
    [InlineData("unhealthy", "0", "unhealthy")]
    [InlineData("restarting", "1", "backoff")]
    [InlineData("exited", "0", "stopped")]
    [InlineData("exited", "137", "failed")]
    [InlineData("missing", "0", "unknown")]
    public void A_module_s_state_has_IoT_Edge_s_word(string state, string exitCode, string expected)
    {
        var web = new ResourceStatus { Kind = "EdgeModule", Name = "web", State = state, Details = ImmutableSortedDictionary<string, string>.Empty.Add("exitCode", exitCode) };

        var module = Report(Desired(), Status with { Resources = [web] })["modules"]!["web"]!;

        module["runtimeStatus"]!.GetValue<string>().Should().Be(expected);
        module["exitCode"]!.GetValue<int>().Should().Be(int.Parse(exitCode, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void What_became_of_the_deployment_is_a_code_of_IoT_Edge()
    {
        Code(Desired(), Status).Should().Be(200);
        Code(Desired(), Status with { LastGood = new("old", "old") }).Should().Be(406);
        Code(Desired(), Status, isPickedUp: false).Should().Be(406);
        Code(Desired(), Stalled("InvalidManifest")).Should().Be(400);
        Code(Desired(), Stalled("RolledBack")).Should().Be(500);
        Code(new() { ["$version"] = 1 }, Status).Should().Be(417);
    }

    [Fact]
    public void A_deployment_too_large_to_be_repeated_is_reported_without_its_settings()
    {
        var desired = Desired();
        foreach (var i in Enumerable.Range(0, 10))
            desired["modules"]![$"m{i}"] = new JsonObject { ["settings"] = new JsonObject { ["image"] = "i", ["createOptions"] = new string('x', 4000) } };

        var report = Report(desired, Status);

        TwinSize.Of(report).Should().BeLessThan(TwinReport.MaxSize);
        report["modules"]!["m9"]!["settings"]!.AsObject().Should().NotContainKey("createOptions");
        Report(Desired(), Status)["modules"]!["web"]!["settings"]!.AsObject().Should().ContainKey("createOptions");
    }

    private static DeviceStatus Stalled(string reason) => Status with
    {
        LastGood = new("old", "old"),
        Conditions = [new(Condition.Stalled, ConditionStatus.True, reason, "because", default, null)],
    };

    private static int Code(JsonObject desired, DeviceStatus status, bool isPickedUp = true) =>
        EdgeAgentReport.Of(desired, status, isPickedUp, "linux", "x64")["lastDesiredStatus"]!["code"]!.GetValue<int>();

    private static JsonObject Report(JsonObject desired, DeviceStatus status) => EdgeAgentReport.Of(desired, status, isPickedUp: true, "linux", "x64");

    private static JsonObject Desired() => JsonNode.Parse("""
        {"schemaVersion":"1.1","$version":4,"systemModules":{"edgeAgent":{"settings":{"image":"mcr/agent:1.5"}}},
         "modules":{"web":{"version":"1","settings":{"image":"nginx","createOptions":"{}"}}}}
        """)!.AsObject();
}
