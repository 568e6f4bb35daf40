using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.IntegrationTests.Kinds.EdgeModule;
using EdgeOperator.Testing;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>An engine that fails by itself when a good revision comes: the revision is not to blame.</summary>
[Collection(LoopEngine.Name)]
public sealed class EngineFaultTests(EngineFixture fixture)
{
    private const string Message = "failed to create task for container: task 5f1b already exists: unknown";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task An_internal_error_is_not_held_against_the_revision_and_after_repeated_ones_it_says_what_to_do()
    {
        await using var engine = new FailingEngineProxy(fixture.Engine.SocketPath);
        await using var agent = new AgentOnEngine(fixture.Engine, Deadline, engine.Socket);
        agent.Write(fixture.Sleeper, "imagePullPolicy: never\n");
        agent.Start();
        await agent.ReachesAsync(lastGood => lastGood is not null);
        var good = agent.Status.LastGood!.Id;

        engine.StartError = Message;
        agent.Write(fixture.Sleeper, "imagePullPolicy: never\nenv: {VERSION: '2'}\n");

        // The third failure comes long after the deadline.
        await Eventually.SucceedsAsync(
            () => agent.Status.Conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True
                && c.Reason == "EngineInternalError" && c.Message.Contains(Message) && c.Message.Contains("systemctl restart containerd docker")),
            TimeSpan.FromMinutes(2));
        agent.LastRun.Outcome.Should().Be(RevisionOutcome.InProgress);
        agent.Status.LastGood!.Id.Should().Be(good);

        engine.StartError = null;

        await agent.ReachesAsync(lastGood => lastGood != good);
        agent.LastRun.Outcome.Should().Be(RevisionOutcome.Succeeded);
        (await agent.InspectAsync("{{.State.Running}} {{.Config.Env}}")).Should().StartWith("true").And.Contain("VERSION=2");
    }
}
