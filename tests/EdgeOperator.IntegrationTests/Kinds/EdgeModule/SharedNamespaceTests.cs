using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>Modules whose containers live in another container's network or namespaces, or mount its volumes.</summary>
[Collection(SharedEngine.Name)]
public class SharedNamespaceTests(EngineFixture fixture)
{
    [Theory]
    [InlineData("NetworkMode")]
    [InlineData("PidMode")]
    [InlineData("IpcMode")]
    [InlineData("VolumesFrom")]
    public async Task A_module_follows_when_the_container_that_it_shares_with_is_removed_and_created_again(string field)
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var main = agent.Module("main", fixture.Sleeper, Shareable());
        var side = Sharing(agent, field, main.Container.Name);
        await agent.ReconcileAsync(main, side);
        var first = await agent.SeeAsync(side);
        (await agent.PlanAsync(main, side)).Steps.Should().BeEmpty();

        await agent.Engine.RemoveContainerAsync((await agent.SeeAsync(main)).Id, force: true, CancellationToken.None);
        await agent.ReconcileAsync(main, side);

        var second = await agent.SeeAsync(side);
        second.Id.Should().NotBe(first.Id);
        second.Should().BeEquivalentTo(new { side.Container.Name, Phase = ContainerPhase.Running });
        second.SharesWith.Should().Equal((await agent.SeeAsync(main)).Id);
    }

    [Fact]
    public async Task An_update_of_the_one_replaces_both_in_one_go()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var side = Sharing(agent, "NetworkMode", agent.Name("main"));
        await agent.ReconcileAsync(agent.Module("main", fixture.Sleeper, Shareable()), side);
        var options = Shareable();
        options["Env"] = new JsonArray("VERSION=2");
        var updated = agent.Module("main", fixture.Sleeper, options);

        await agent.ExecuteAsync(await agent.PlanAsync(updated, side), updated, side);

        (await agent.PlanAsync(updated, side)).Steps.Should().BeEmpty();
        (await agent.SeeAsync(side)).SharesWith.Should().Equal((await agent.SeeAsync(updated)).Id);
    }

    [Fact]
    public async Task A_module_is_restarted_when_the_container_in_whose_network_it_lives_was_killed_and_started()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var main = agent.Module("main", fixture.Sleeper);
        var side = Sharing(agent, "NetworkMode", main.Container.Name);
        await agent.ReconcileAsync(main, side);
        var (mainId, sideId) = ((await agent.SeeAsync(main)).Id, (await agent.SeeAsync(side)).Id);

        await agent.Engine.StopContainerAsync(mainId, TimeSpan.Zero, CancellationToken.None);
        (await agent.PlanAsync(main, side)).Steps.OfType<StartContainer>().Should().ContainSingle().Which.ContainerId.Should().Be(mainId);
        await agent.Engine.StartContainerAsync(mainId, CancellationToken.None);

        (await agent.PlanAsync(main, side)).Steps.Should().ContainSingle().Which.Should().BeOfType<RestartContainer>().Which.ContainerId.Should().Be(sideId);
        await agent.ReconcileAsync(main, side);
        (await agent.SeeAsync(side)).Should().BeEquivalentTo(new { Id = sideId, Phase = ContainerPhase.Running });
    }

    [Fact]
    public async Task A_container_that_is_no_module_is_followed_too()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var theirs = agent.Name("theirs");
        var id = await RunTheirsAsync(agent, theirs);
        var side = Sharing(agent, "NetworkMode", theirs);
        await agent.ReconcileAsync(side);
        var sideId = (await agent.SeeAsync(side)).Id;

        await agent.Engine.RestartContainerAsync(id, TimeSpan.Zero, CancellationToken.None);
        await agent.WokenAsync($"container {theirs} died");
        (await agent.PlanAsync(side)).Steps.Should().ContainSingle().Which.Should().BeOfType<RestartContainer>();
        await agent.ReconcileAsync(side);

        await agent.Engine.RemoveContainerAsync(id, force: true, CancellationToken.None);
        var create = (await agent.PlanAsync(side)).Steps.OfType<CreateContainer>().Should().ContainSingle().Subject;
        (await agent.DoAsync(create, side)).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().StartWith($"there is no container {theirs}");
        (await agent.SeeAsync(side)).Should().BeEquivalentTo(new { Id = sideId, Phase = ContainerPhase.Running }, "it is only replaced when that is possible");

        var again = await RunTheirsAsync(agent, theirs);
        await agent.ReconcileAsync(side);
        (await agent.SeeAsync(side)).SharesWith.Should().Equal(again);
        await agent.Engine.RemoveContainerAsync(again, force: true, CancellationToken.None);
    }

    private static JsonObject Shareable() => new() { ["HostConfig"] = new JsonObject { ["IpcMode"] = "shareable" }, ["Volumes"] = new JsonObject { ["/shared"] = new JsonObject() } };

    private EdgeModuleResource Sharing(Agent agent, string field, string name)
    {
        var isMode = field.EndsWith("Mode", StringComparison.Ordinal);
        var module = agent.Module("side", fixture.Sleeper, new() { ["HostConfig"] = new JsonObject { [field] = isMode ? $"container:{name}" : new JsonArray($"{name}:ro") } });
        return module with { Container = module.Container with { Joins = isMode ? [name] : [], VolumesFrom = isMode ? [] : [name] } };
    }

    private async Task<string> RunTheirsAsync(Agent agent, string name)
    {
        var created = await agent.Engine.CreateContainerAsync(name, new() { ["Image"] = fixture.Sleeper }, CancellationToken.None);
        await agent.Engine.StartContainerAsync(created.Id, CancellationToken.None);
        return created.Id;
    }
}
