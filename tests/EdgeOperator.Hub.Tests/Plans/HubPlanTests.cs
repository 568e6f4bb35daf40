using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Hub.Tests.Repositories;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Plans;

/// <summary><c>edgeop hub plan</c>: what a commit would do to a fleet, before it is merged.</summary>
public sealed class HubPlanTests
{
    [Fact]
    public async Task A_commit_on_a_branch_is_planned_as_the_device_then_does_it_and_nothing_changes_meanwhile()
    {
        await using var hub = await HubWithRepository.StartAsync();
        await using var agent = await AgentAtHub.JoinAsync(hub.Hub, "real");
        await Eventually.TrueAsync("the device has joined", async () => (await hub.Hub.CallAsync("PATCH", "api/v1/devices/real/labels", """{"role":"real"}""")).Status == System.Net.HttpStatusCode.OK);
        await hub.Hub.CreateDeviceAsync("silent", ",\"tags\":{}");
        await hub.Hub.CallAsync("PATCH", "api/v1/devices/silent/labels", """{"role":"real"}""");
        (string Path, string Content) Manifest(string content) => ("devices/real/greeting.yaml", $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata: {name: greeting}
            spec: {path: "{{agent.File}}", content: "{{content}}"}
            """);
        var fleet = HubWithRepository.FleetFile("real");
        var first = await hub.Git.CommitAsync(fleet, Manifest("one"));
        await hub.FollowAsync();
        await Eventually.TrueAsync("the file is there", () => File.Exists(agent.File) && File.ReadAllText(agent.File) == "one");
        await Eventually.TrueAsync("a snapshot with it has come", async () => (await hub.Hub.CallAsync("GET", "api/v1/devices/real/snapshot")).Body is { } snapshot && snapshot["lastGood"] is not null && snapshot["files"]?[agent.File] is not null);

        await hub.Git.GitAsync("checkout", "-q", "-b", "feature");
        var change = await hub.Git.CommitAsync(fleet, Manifest("two"));
        var bad = await hub.Git.CommitAsync(fleet, ("devices/real/greeting.yaml", Manifest("two").Content.Replace("content:", "contents:", StringComparison.Ordinal)));
        await hub.Git.GitAsync("checkout", "-q", "main");

        var (code, output, error) = await PlanAsync(hub, "--commit", change, "--detailed-exitcode", "-o", "json");
        code.Should().Be(2, error);
        var answer = JsonNode.Parse(output)!;
        var plan = answer["plan"]!;
        ((string)answer["revision"]!, (int)plan["devices"]!, (int)plan["changed"]!, (int)plan["invalid"]!, (int)plan["unknown"]!).Should().Be((change, 2, 1, 0, 1));
        var group = plan["groups"]!.AsArray().Single()!;
        ((string)group["names"]![0]!).Should().Be("real");
        group["steps"]!.AsArray().Select(step => (string)step!).Should().ContainSingle().Which.Should().Contain(agent.File);
        ((string)plan["unplanned"]![0]!["reason"]!).Should().Be("it has sent no snapshot of itself yet");
        ((string)plan["downloads"]![0]!["what"]!, (long)plan["downloads"]![0]!["size"]!).Should().Be(("the revision's artifact", (long)answer["size"]!));
        (await File.ReadAllTextAsync(agent.File)).Should().Be("one");

        (await PlanAsync(hub, "--commit", first[..8], "--detailed-exitcode")).Should().Match<(int Code, string Out, string Error)>(run => run.Code == 0 && run.Out.Contains("2 devices: 1 would not, 1 can't be planned for"));
        (await PlanAsync(hub, "--commit", bad)).Should().Match<(int Code, string Out, string Error)>(run => run.Code == 3 && run.Out.Contains("greeting.yaml:4:") && run.Out.Contains("1 can't take it"));
        (await PlanAsync(hub, "--commit", new string('f', 40))).Should().Match<(int Code, string Out, string Error)>(run => run.Code == 3 && run.Error.Contains("no branch or tag of shop has a commit ffffffff"));

        await hub.Git.GitAsync("checkout", "-q", change);
        var markdown = await PlanAsync(hub, "--path", Path.Combine(hub.Git.Path, "devices/real"), "-o", "markdown");
        markdown.Code.Should().Be(0, markdown.Error);
        markdown.Out.Should().StartWith("### `reals with the folder that was sent`").And.Contain("| 2 | **1** | 0 | 0 | 1 | 0 |").And.Contain("```diff");
        (await hub.Fleet.Edgeop.RunAsync(["fleets", "list", "-o", "markdown"])).Error.Should().Contain("`list` prints no markdown");
        (await PlanAsync(hub)).Error.Should().Contain("give --commit SHA, or --path FOLDER");

        var before = agent.Events().Length;
        await hub.Git.GitAsync("checkout", "-q", "main");
        await hub.Git.GitAsync("merge", "-q", "--ff-only", change);
        await Eventually.TrueAsync("it is done", () => File.ReadAllText(agent.File) == "two");
        await Eventually.TrueAsync("it is told", () => agent.Events()[before..].Any(happened => happened.Step is not null));
        agent.Events()[before..].Where(happened => happened.Step is not null).Select(happened => happened.Step!).Should().ContainSingle().Which.Should().StartWith((string)group["steps"]![0]!);
    }

    private static async Task<(int Code, string Out, string Error)> PlanAsync(HubWithRepository hub, params string[] arguments) => await hub.Fleet.Edgeop.RunAsync(["plan", "reals", .. arguments]);
}
