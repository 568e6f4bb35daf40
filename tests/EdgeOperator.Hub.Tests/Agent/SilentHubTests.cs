using System.Text.Json.Nodes;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>Connections that are open and at whose other end nobody answers any more.</summary>
public sealed class SilentHubTests
{
    private const int Stop = 19;
    private const int Continue = 18;

    [Fact]
    public async Task An_agent_whose_hub_takes_what_it_sends_and_never_answers_gives_the_connection_up_keeps_its_files_and_comes_back()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var agent = await AgentAtHub.StartAsync(hub, "half-open", "one");
        Posix.Signal(hub.ProcessId, Stop);
        try
        {
            await Eventually.TrueAsync("the agent notices", () => agent.Source.Ready.Status != ConditionStatus.True, Eventually.Slow);
            File.Delete(agent.File);
            await Eventually.TrueAsync("what the twin desired last is kept up meanwhile", () => File.Exists(agent.File) && File.ReadAllText(agent.File) == "one");
        }
        finally
        {
            Posix.Signal(hub.ProcessId, Continue);
        }

        await Eventually.TrueAsync("the agent is back", () => agent.Source.Ready.Status == ConditionStatus.True, Eventually.Slow);
        await agent.DesireAsync(new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = "two" } });
        await Eventually.TrueAsync("it follows its twin again", () => File.ReadAllText(agent.File) == "two");
    }
}
