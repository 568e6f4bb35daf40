using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class ForeignContainerTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_clashing_name_leaves_the_other_container_alone()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        var foreign = await RunForeignAsync(agent, module.Container.Name);

        var outcome = await agent.DoAsync(new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash), module);

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Should().BeEquivalentTo(new { Reason = "NameTaken" });
        outcome.As<StepOutcome.Retry>().Message.Should().Contain(module.Container.Name).And.Contain("rename or remove it");
        await ShouldBeUntouchedAsync(agent, foreign, module.Container.Name);
    }

    [Fact]
    public async Task No_step_touches_a_container_of_somebody_else()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await using var neighbour = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        var name = agent.Name("foreign");
        var foreign = await RunForeignAsync(agent, name);
        var neighbours = await neighbour.RunAsync(neighbour.Module("sleeper", fixture.Sleeper));

        foreach (var id in (string[])[foreign, neighbours])
        {
            foreach (var step in (Step[])
                [
                    new StopContainer(module.Id, "test", id, TimeSpan.Zero),
                    new RestartContainer(module.Id, "test", id, TimeSpan.Zero),
                    new RenameContainer(module.Id, "test", id, agent.Name("stolen")),
                    new RemoveContainer(module.Id, "test", id),
                    new StartContainer(module.Id, "test", id),
                ])
            {
                (await agent.DoAsync(step, module)).Should().BeOfType<StepOutcome.Terminal>(step.Id).Which.Reason.Should().Be("NotOwned");
            }
        }

        await ShouldBeUntouchedAsync(agent, foreign, name);
        await ShouldBeUntouchedAsync(agent, neighbours, neighbour.Name("sleeper"));
    }

    [Fact]
    public async Task A_new_name_that_is_taken_is_said_so()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        var id = await agent.RunAsync(module);
        var foreign = await RunForeignAsync(agent, agent.Name("taken"));

        var outcome = await agent.DoAsync(new RenameContainer(module.Id, "test", id, agent.Name("taken")), module);

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("NameTaken");
        await ShouldBeUntouchedAsync(agent, foreign, agent.Name("taken"));
    }

    [Fact]
    public async Task Others_are_observed_by_name_only()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var name = agent.Name("foreign");
        var foreign = await RunForeignAsync(agent, name);

        var seen = (await agent.ObserveAsync()).Containers.Should().ContainSingle(container => container.Id == foreign).Subject;

        seen.Should().BeEquivalentTo(new { Name = name, IsOwned = false, Phase = ContainerPhase.Running, SpecHash = (string?)null });
        seen.Networks.Should().Equal("bridge");
    }

    private static async Task<string> RunForeignAsync(Agent agent, string name)
    {
        var body = new JsonObject { ["Image"] = "sleeper:1", ["HostConfig"] = new JsonObject { ["AutoRemove"] = true } };
        var created = await agent.Engine.CreateContainerAsync(name, body, CancellationToken.None);
        await agent.Engine.StartContainerAsync(created.Id, CancellationToken.None);
        return created.Id;
    }

    private static async Task ShouldBeUntouchedAsync(Agent agent, string id, string name)
    {
        var details = await agent.Engine.InspectContainerAsync(id, CancellationToken.None);
        details!.Name.Should().Be($"/{name}");
        details.State!.Status.Should().Be("running");
        details.RestartCount.Should().Be(0);
    }
}
