using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Hub.Tests.Fleets;

/// <summary>A real agent with a Git source of its own, which a fleet keeps at commits.</summary>
public sealed class RealAgentRolloutTests
{
    [Fact]
    public async Task An_agent_reports_the_commit_that_it_has_and_the_one_that_it_has_given_up_on()
    {
        await using var hub = await HubUnderTest.StartAsync();
        using var repository = await Repository.CreateAsync();
        await using var agent = await AgentAtHub.JoinAsync(hub, "real", sources: $", {{name: git, git: {{url: \"{repository.Url}\", interval: 1s}}}}");
        string Manifest(string content) => $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata: {name: greeting}
            spec: {path: "{{agent.File}}", content: "{{content}}"}
            """;
        var first = await repository.CommitAsync(("greeting.yaml", Manifest("one")));
        var bad = await repository.CommitAsync(("greeting.yaml", Manifest("two").Replace("content", "contents", StringComparison.Ordinal)));
        var fix = await repository.CommitAsync(("greeting.yaml", Manifest("three")));
        await Eventually.TrueAsync("the device has joined", async () => (await hub.CallAsync("PATCH", "api/v1/devices/real/labels", """{"role":"real"}""")).Status == System.Net.HttpStatusCode.OK);

        await ApplyAsync(hub, first);
        await ReachesAsync(hub, first, "Completed");
        (await File.ReadAllTextAsync(agent.File)).Should().Be("one");

        await ApplyAsync(hub, bad);
        (await ReachesAsync(hub, bad, "Paused"))["message"]!.GetValue<string>().Should().Contain("real (").And.Contain("greeting.yaml:4:7");
        (await File.ReadAllTextAsync(agent.File)).Should().Be("one");

        await ApplyAsync(hub, fix);
        await ReachesAsync(hub, fix, "Completed");
        (await File.ReadAllTextAsync(agent.File)).Should().Be("three");
        var devices = await hub.CallAsync("GET", "api/v1/rollouts/real/devices?state=Updated");
        devices.Body!["items"]!.AsArray().Single()!["previous"]!.GetValue<string>().Should().Be(first, "it goes back to what worked");
    }

    private static async Task ApplyAsync(HubUnderTest hub, string commit)
    {
        var (status, body) = await hub.CallAsync("PUT", "api/v1/fleets/real", $$"""{"spec":{"selector":{"matchLabels":{"role":"real"} },"source":{"ref":{"commit":"{{commit}}"} } } }""");
        status.Should().Be(System.Net.HttpStatusCode.OK, body?.ToJsonString());
    }

    private static async Task<JsonObject> ReachesAsync(HubUnderTest hub, string commit, string state)
    {
        JsonNode? rollout = null;
        try
        {
            await Eventually.TrueAsync($"the rollout is {state}", async () =>
            {
                rollout = (await hub.CallAsync("GET", "api/v1/rollouts/real")).Body;
                return (string?)rollout?["revision"] == commit && (string?)rollout["state"] == state;
            }, TimeSpan.FromMinutes(2));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}: {rollout?.ToJsonString()} {(await hub.CallAsync("GET", "twins/real")).Body?["properties"]?["reported"]?.ToJsonString()}", e);
        }

        return rollout!.AsObject();
    }
}
