using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>A real agent without a Git source of its own, in a fleet that comes from Git.</summary>
public sealed class RealAgentArtifactTests
{
    [Fact]
    public async Task An_agent_gets_what_is_committed_and_reports_the_artifact_that_it_has_and_the_one_that_it_has_given_up_on()
    {
        await using var hub = await HubWithRepository.StartAsync();
        await using var agent = await AgentAtHub.JoinAsync(hub.Hub, "real");
        await Eventually.TrueAsync("the device has joined", async () => (await hub.Hub.CallAsync("PATCH", "api/v1/devices/real/labels", """{"role":"real"}""")).Status == System.Net.HttpStatusCode.OK);
        (string, string) Manifest(string content) => ("devices/real/greeting.yaml", $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata: {name: greeting}
            spec: {path: "{{agent.File}}", content: "{{content}}"}
            """);
        var fleet = HubWithRepository.FleetFile("real");
        var first = await hub.Git.CommitAsync(fleet, Manifest("one"));
        await hub.FollowAsync();
        await hub.RolloutAsync("reals", first, "Completed");
        (await File.ReadAllTextAsync(agent.File)).Should().Be("one");

        var (path, content) = Manifest("two");
        var bad = await hub.Git.CommitAsync(fleet, (path, content.Replace("content:", "contents:", StringComparison.Ordinal)));
        (await hub.RolloutAsync("reals", bad, "Paused"))["message"]!.GetValue<string>().Should().Contain("real (").And.Contain("greeting.yaml:4:");
        (await File.ReadAllTextAsync(agent.File)).Should().Be("one");

        var fix = await hub.Git.CommitAsync(fleet, Manifest("three"));
        await hub.RolloutAsync("reals", fix, "Completed");
        (await File.ReadAllTextAsync(agent.File)).Should().Be("three");
        var reported = (await hub.Hub.CallAsync("GET", "twins/real")).Body!["properties"]!["reported"]!["edgeoperator"]!["artifacts"]!["fleet"]!;
        ((string)reported["applied"]!["revision"]!).Should().Be(fix);
        reported["failed"].Should().BeNull();
    }
}
