using EdgeOperator.Core.Protocol;
using EdgeOperator.IntegrationTests.Kinds.EdgeModule;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>What is left of a container that failed once it is gone.</summary>
[Collection(LoopEngine.Name)]
public sealed class FailureStoryTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_rolled_back_module_leaves_its_exit_code_and_its_last_lines_in_the_history_the_events_and_its_previous_log()
    {
        await using var agent = new AgentOnEngine(fixture.Engine, deadline: TimeSpan.FromSeconds(5));
        agent.Write(fixture.Sleeper);
        agent.Start();
        await agent.ReachesAsync(lastGood => lastGood is not null);
        var good = await agent.InspectAsync("{{.Id}}");

        agent.Write(fixture.Sleeper, "command: ['/bin/sh', '-c', 'echo reading settings; echo no such sensor: 7; exit 41']\n");

        await Eventually.SucceedsAsync(() => agent.LastRun.Outcome.Should().Be(RevisionOutcome.RolledBack), TimeSpan.FromMinutes(2));
        agent.LastRun.Reason.Should().Contain("with code 41").And.Contain("reading settings | no such sensor: 7");
        await Eventually.SucceedsAsync(async () => (await agent.InspectAsync("{{.Id}} {{.State.Running}}")).Should().Be($"{good} true"), TimeSpan.FromMinutes(1));
        agent.Events.Should().Contain(e => e.Resource == $"EdgeModule/{agent.Module}" && e.Message.Contains("with code 41") && e.Message.Contains("no such sensor: 7"));

        // Whether the failed container still stands beside the good one or is gone makes no difference.
        await Eventually.SucceedsAsync(async () => (await agent.LogAsync(new() { Previous = true, Tail = 2 })).Should().Be("reading settings\nno such sensor: 7\n"), TimeSpan.FromMinutes(1));
        await Eventually.SucceedsAsync(async () => (await agent.ContainersAsync()).Should().ContainSingle(), TimeSpan.FromMinutes(1));
        (await agent.LogAsync(new() { Previous = true, Tail = 2 })).Should().Be("reading settings\nno such sensor: 7\n");
        (await agent.LogAsync(new() { Previous = true, Tail = 1, Timestamps = true })).Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\S+ no such sensor: 7\n$");
    }
}
