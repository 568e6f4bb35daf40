using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>What a real agent makes of what its twin desires, and what it reports of it.</summary>
[Collection(SharedHub.Name)]
public sealed class DesiredStateTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task Labels_and_variables_of_the_twin_render_the_manifests_anew()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "desired-vars", "hello");

        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = "${vars.greeting}, ${device.labels.site} and ${device.labels.kind}" } });
        await Hub.CallAsync("PATCH", "api/v1/devices/desired-vars/labels", """{"site":"berlin"}""");
        await Hub.CallAsync("PATCH", "api/v1/devices/desired-vars/twin", """{"properties":{"desired":{"edgeoperator":{"vars":{"greeting":"salut"} } } } }""");

        await Eventually.TrueAsync("the file has both", () => File.ReadAllText(agent.File) == "salut, berlin and test");
    }

    [Fact]
    public async Task A_new_device_waits_calmly_for_its_first_manifest_and_an_emptied_twin_removes_nothing()
    {
        await using var agent = await AgentAtHub.JoinAsync(Hub, "desired-first");

        await Hub.CallAsync("PATCH", "api/v1/devices/desired-first/labels", """{"site":"berlin"}""");
        await Eventually.TrueAsync("it says what it waits for", async () => Text(await ReportAsync("desired-first"), "conditions", "Ready", "reason") == "NothingDesired");
        var waiting = await ReportAsync("desired-first");
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = "hello" } });
        await Eventually.TrueAsync("the file is there", async () => Text(await ReportAsync("desired-first"), "conditions", "Ready", "status") == "True" && File.ReadAllText(agent.File) == "hello");
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = null });
        await Eventually.TrueAsync("the empty twin is refused", async () => Text(await ReportAsync("desired-first"), "conditions", "Stalled", "reason") == "EmptyRevision");

        Text(waiting, "conditions", "Ready", "status").Should().Be("Unknown");
        foreach (var type in (string[])["Stalled", "Degraded", "Reconciling"])
            Text(waiting, "conditions", type, "status").Should().Be("False");
        File.ReadAllText(agent.File).Should().Be("hello");
    }

    [Fact]
    public async Task A_desired_state_that_is_wrong_is_reported_with_what_is_wrong_and_the_last_good_one_stays()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "desired-bad", "hello");

        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = "${vars.absent}" } });

        await Eventually.TrueAsync("the mistake is reported", async () => Text(await ReportAsync("desired-bad"), "conditions", "Stalled", "message").Contains("vars.absent", StringComparison.Ordinal));
        File.Delete(agent.File);
        await Eventually.TrueAsync("the last good state is kept up", () => File.Exists(agent.File) && File.ReadAllText(agent.File) == "hello");
    }

    [Fact]
    public async Task A_pin_that_names_no_commit_is_reported_and_changes_nothing()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "desired-pin", "hello");

        await Hub.CallAsync("PATCH", "api/v1/devices/desired-pin/twin", """{"properties":{"desired":{"edgeoperator":{"sources":{"fleet":{"commit":"main"} } } } } }""");

        await Eventually.TrueAsync("the mistake is reported", async () => Text(await ReportAsync("desired-pin"), "sources", "hub", "message").Contains("sources.fleet names no commit", StringComparison.Ordinal));
        File.ReadAllText(agent.File).Should().Be("hello");
    }

    private async Task<JsonNode?> ReportAsync(string device) => (await Hub.CallAsync("GET", $"twins/{device}")).Body!["properties"]!["reported"]!["edgeoperator"];

    private static string Text(JsonNode? report, params string[] path) => path.Aggregate(report, (node, name) => node?[name])?.GetValue<string>() ?? "";
}
