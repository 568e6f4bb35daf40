using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

public class EngineRestartTests
{
    [Fact]
    public async Task The_driver_comes_through_restarts_and_crashes_of_the_engine()
    {
        await using var engine = await PrivateEngine.StartAsync();
        await using var agent = new Agent(engine.Socket);
        var image = await TestImage.Sleeper().LoadAsync(engine);
        var module = agent.Module("sleeper", image, new() { ["HostConfig"] = new JsonObject { ["RestartPolicy"] = new JsonObject { ["Name"] = "always" } } });
        await agent.WatchAsync();
        await agent.RunAsync(module);
        var connections = 1;

        foreach (var end in (Func<Task>[])[engine.StopGentlyAsync, () => Task.Run(engine.Kill)])
        {
            await end();
            await Eventually.SucceedsAsync(async () => (await agent.ObserveAsync(module)).Unavailable.Should().NotBeNull());
            await Eventually.SucceedsAsync(() => Wakes(agent, "events have ended").Should().Be(connections));

            await engine.StartAgainAsync();
            connections++;
            await Eventually.SucceedsAsync(() => Wakes(agent, "following").Should().Be(connections));
            await Eventually.SucceedsAsync(async () => (await agent.SeeAsync(module)).Phase.Should().Be(ContainerPhase.Running));
        }

        var container = await agent.SeeAsync(module);
        (await agent.DoAsync(new StopContainer(module.Id, "test", container.Id, TimeSpan.Zero), module)).Should().BeOfType<StepOutcome.Succeeded>();
        await agent.WokenAsync("died");
    }

    private static int Wakes(Agent agent, string words) => agent.Wakes.Count(wake => wake.Contains(words));
}
