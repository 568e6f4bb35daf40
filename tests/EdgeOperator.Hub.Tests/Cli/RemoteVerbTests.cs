using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary>Logs and commands of a device, through a hub, over connections that the device opens.</summary>
public sealed class RemoteVerbTests(LoggedInHub logged) : IClassFixture<LoggedInHub>
{
    private HubCommandLine Edgeop => logged.Edgeop;

    private HubUnderTest Hub => logged.Hub;

    [Fact]
    public async Task A_module_s_log_is_read_and_a_command_runs_in_its_container()
    {
        await using var engine = await PrivateEngine.StartAsync();
        var image = await TestImage.Running("talker", "1", "echo first; echo second; trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done").LoadAsync(engine);
        await using var agent = await AgentAtHub.StartAsync(Hub, "remote-module", "hello", engine.Socket);
        await agent.DesireAsync(new() { ["EdgeModule/talker"] = new JsonObject { ["image"] = image, ["imagePullPolicy"] = "never" } });
        await Eventually.TrueAsync("the module runs", () => agent.Status.Resources.Any(r => r is { Name: "talker", State: "running" }), Eventually.Slow);

        (await Edgeop.OkAsync("logs", "remote-module", "module/talker", "--tail", "1")).Should().Be("second\n");
        (await Edgeop.OkAsync("logs", "remote-module", "module/talker", "-o", "json")).Should().Be("{\"line\":\"first\"}\n{\"line\":\"second\"}\n");
        var (code, output, error) = await Edgeop.RunAsync(["exec", "-i", "remote-module", "module", "talker", "--", "sh", "-c", "cat; echo oops >&2; exit 7"], "typed\n");

        (code, output, error).Should().Be((7, "typed\n", "oops\n"));
        agent.Events().Should().Contain(e => e.Reason == "ExecRequested" && e.User == $"admin at {Hub.Host}" && e.Message.Contains("sh was run in EdgeModule/talker", StringComparison.Ordinal));
        var audit = (await Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray();
        audit.Should().Contain(e => e!["action"]!.GetValue<string>() == "exec EdgeModule/talker" && e["actor"]!.GetValue<string>() == "user admin" && e["target"]!.GetValue<string>() == "remote-module");
        await Eventually.TrueAsync("the end is in the audit log", async () =>
            (await Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray().Any(e => e!["action"]!.GetValue<string>() == "end of exec EdgeModule/talker"));
    }

    [Fact]
    public async Task A_log_is_followed_until_whoever_reads_it_has_enough()
    {
        await using var engine = await PrivateEngine.StartAsync();
        var image = await TestImage.Running("ticker", "1", "trap 'exit 0' TERM; while :; do echo tick; sleep 1; done").LoadAsync(engine);
        await using var agent = await AgentAtHub.StartAsync(Hub, "remote-follow", "hello", engine.Socket);
        await agent.DesireAsync(new() { ["EdgeModule/ticker"] = new JsonObject { ["image"] = image, ["imagePullPolicy"] = "never" } });
        await Eventually.TrueAsync("the module runs", () => agent.Status.Resources.Any(r => r is { Name: "ticker", State: "running" }), Eventually.Slow);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{Hub.Host}/api/v1/devices/remote-follow/logs?resource=EdgeModule/ticker&follow=true");
        request.Headers.TryAddWithoutValidation("Authorization", Hub.Token());
        using (var answer = await Hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            for (var i = 0; i < 3; i++)
                (await lines.ReadLineAsync().WaitAsync(Eventually.Deadline)).Should().Be("tick");
        }

        await Eventually.TrueAsync("the channel has ended", async () =>
            (await Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray().Any(e => e!["action"]!.GetValue<string>() == "end of logs EdgeModule/ticker"));
    }

    [Fact]
    public async Task The_device_itself_runs_commands_only_where_its_configuration_says_so()
    {
        await using var closed = await AgentAtHub.StartAsync(Hub, "remote-closed", "hello");
        await using var open = await AgentAtHub.StartAsync(Hub, "remote-open", "hello", more: "remote: {hostTerminal: true}");

        var (refused, _, why) = await Edgeop.RunAsync(["exec", "remote-closed", "host", "--", "true"]);
        var (code, output, error) = await Edgeop.RunAsync(["exec", "-i", "remote-open", "host", "--", "sh", "-c", "cat; echo oops >&2; exit 3"], "typed\n");

        refused.Should().Be(3);
        why.Should().Contain("remote.hostTerminal");
        (code, output, error).Should().Be((3, "typed\n", "oops\n"));
        open.Events().Should().Contain(e => e.Message.StartsWith("sh was run on the device itself by admin at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_no_log_is_not_there_or_is_away_is_said()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "remote-refusing", "hello");
        await Hub.CreateDeviceAsync("remote-away");

        (await Edgeop.RunAsync(["logs", "remote-refusing", "file/greeting"])).Error.Should().Contain("ConfigFile/greeting has no log");
        (await Edgeop.RunAsync(["logs", "remote-refusing", "module/none"])).Error.Should().Contain("no EdgeModule/none");
        (await Edgeop.RunAsync(["exec", "remote-refusing", "module/none", "--", "true"])).Error.Should().Contain("no EdgeModule/none");
        (await Edgeop.RunAsync(["logs", "remote-away", "module/none"])).ExitCode.Should().Be(1);
        (await Edgeop.RunAsync(["exec", "remote-away", "module/none", "--", "true"])).Error.Should().Contain("Timed out waiting for device to connect");
    }

    [Fact]
    public async Task A_channel_is_only_for_the_device_that_was_asked_to_open_it()
    {
        var key = await Hub.CreateDeviceAsync("remote-curious");
        var token = Hub.Token($"{Hub.Host}/devices/remote-curious", key);

        (await Hub.CallAsync("GET", "api/v1/channels/00000000000000000000000000000000", null, token)).Status.Should().Be(System.Net.HttpStatusCode.BadRequest);
        (await Hub.CallAsync("GET", "api/v1/channels/00000000000000000000000000000000")).Status.Should().Be(System.Net.HttpStatusCode.Unauthorized);
        (await Hub.CallAsync("GET", "api/v1/devices/remote-curious/logs?resource=EdgeModule/web", null, token)).Status.Should().Be(System.Net.HttpStatusCode.Unauthorized);
        (await Hub.CallAsync("GET", "api/v1/devices/remote-curious/exec?resource=EdgeModule/web", null, token)).Status.Should().Be(System.Net.HttpStatusCode.Unauthorized);
    }
}
