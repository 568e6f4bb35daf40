using System.Net;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>A real agent that follows its twin, asked and steered by direct methods.</summary>
[Collection(SharedHub.Name)]
public sealed class DirectMethodTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task An_agent_says_how_it_is_and_describes_what_it_has()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "method-status", "hello");

        var (_, status) = await agent.InvokeAsync("status");
        var (described, resource) = await agent.InvokeAsync("describe", """{"resource":"ConfigFile/greeting"}""");
        var (missing, problem) = await agent.InvokeAsync("describe", """{"resource":"ConfigFile/none"}""");

        status!["device"]!.GetValue<string>().Should().Be("method-status");
        described.Should().Be(200);
        resource!["resource"]!["spec"]!["path"]!.GetValue<string>().Should().Be(agent.File);
        resource["events"]!.AsArray().Should().NotBeEmpty();
        missing.Should().Be(404);
        problem!["reason"]!.GetValue<string>().Should().Be("NotFound");
    }

    [Fact]
    public async Task An_operator_suspends_resumes_and_reconciles_and_the_device_remembers_who_it_was()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "method-steer", "hello");

        (await agent.InvokeAsync("suspend", """{"reason":"maintenance","user":"somebody else"}""")).Status.Should().Be(200);
        File.Delete(agent.File);
        var suspended = (await agent.InvokeAsync("reconcile")).Answer;
        File.Exists(agent.File).Should().BeFalse();
        (await agent.InvokeAsync("resume")).Status.Should().Be(200);

        suspended!["suspended"]!.GetValue<bool>().Should().BeTrue();
        await Eventually.TrueAsync("the file is there again", () => File.Exists(agent.File));
        agent.Events().Should().Contain(e => e.Reason == "Suspended" && e.User == $"policy iothubowner at {Hub.Host}" && e.Message.EndsWith("(maintenance)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("shutdown", "{}", 404)]
    [InlineData("describe", "{}", 400)]
    [InlineData("describe", """{"resource":"web"}""", 400)]
    [InlineData("describe", """{"resource":7}""", 400)]
    [InlineData("rollback", """{"revision":"none"}""", 404)]
    [InlineData("restart", """{"resource":"ConfigFile/greeting"}""", 409)]
    public async Task What_can_t_be_done_is_answered_with_a_reason(string method, string payload, int status)
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, $"method-refused-{Guid.NewGuid():N}"[..32], "hello");

        var (answered, problem) = await agent.InvokeAsync(method, payload);

        answered.Should().Be(status);
        problem!["detail"]!.GetValue<string>().Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_decommissioned_device_lets_go_of_its_identity_goes_on_with_what_it_has_and_does_not_ask_again()
    {
        await using var agent = await AgentAtHub.StartAsync(Hub, "method-leave", "hello");

        var (status, answer) = await Hub.CallAsync("POST", "api/v1/devices/method-leave/decommission");

        status.Should().Be(HttpStatusCode.OK);
        answer!["told"]!.GetValue<bool>().Should().BeTrue();
        (await Hub.CallAsync("GET", "api/v1/devices/method-leave")).Status.Should().Be(HttpStatusCode.NotFound);
        await Eventually.TrueAsync("the source says why it is silent", () => agent.Source.Ready.Reason == "Decommissioned");
        agent.Source.Ready.Message.Should().Contain("policy iothubowner");
        File.Exists(agent.Key).Should().BeFalse();
        File.Delete(agent.File);
        await Eventually.TrueAsync("the file is healed", () => File.Exists(agent.File));
        (await Hub.CallAsync("GET", "api/v1/enrollments?state=Pending")).Body!.AsArray().Should().NotContain(r => r!["deviceId"]!.GetValue<string>() == "method-leave");
    }
}
