using System.Text.Json.Nodes;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class NetworkAndVolumeTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_missing_network_is_made_once_and_removed_again()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        var network = agent.Name("net");
        var create = new CreateNetwork(module.Id, "test", network);
        var remove = new RemoveNetwork(module.Id, "test", network);

        await SucceedsAsync(agent, create);
        await SucceedsAsync(agent, create);
        (await agent.ObserveAsync()).OwnedNetworks.Should().Equal(network);
        (await agent.Engine.ListNetworksAsync(CancellationToken.None)).Should().ContainSingle(n => n.Name == network);

        await SucceedsAsync(agent, remove);
        await SucceedsAsync(agent, remove);
        (await agent.ObserveAsync()).Networks.Should().NotContain(network);
    }

    [Fact]
    public async Task A_network_of_somebody_else_is_used_but_not_removed()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        var network = agent.Name("foreign");
        await agent.Engine.CreateNetworkAsync(network, new Dictionary<string, string>(), CancellationToken.None);

        await SucceedsAsync(agent, new CreateNetwork(module.Id, "test", network));
        (await agent.ObserveAsync()).OwnedNetworks.Should().BeEmpty();
        (await agent.DoAsync(new RemoveNetwork(module.Id, "test", network))).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("NotOwned");

        (await agent.ObserveAsync()).Networks.Should().Contain(network);
        await agent.Engine.RemoveNetworkAsync(network, CancellationToken.None);
    }

    [Fact]
    public async Task A_network_in_use_is_not_removed()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var network = agent.Name("net");
        var module = agent.Module("sleeper", fixture.Sleeper, new() { ["HostConfig"] = new JsonObject { ["NetworkMode"] = network } });
        await SucceedsAsync(agent, new CreateNetwork(module.Id, "test", network));
        await agent.RunAsync(module);

        (await agent.DoAsync(new RemoveNetwork(module.Id, "test", network))).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("NetworkInUse");
    }

    [Fact]
    public async Task A_container_joins_several_networks()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var (module, networks) = await WithNetworksAsync(agent);

        await agent.RunAsync(module);

        var container = await agent.SeeAsync(module);
        container.Networks.Should().BeEquivalentTo(networks);
        var details = await agent.Engine.InspectContainerAsync(container.Id, CancellationToken.None);
        details!.NetworkSettings!.Networks!.Values.Should().OnlyContain(endpoint => endpoint!.IpAddress!.StartsWith("10."));
    }

    [Fact]
    public async Task A_creation_that_was_cut_short_is_completed_before_the_first_start()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var (module, networks) = await WithNetworksAsync(agent);
        var labels = new Ownership(agent.Owner).For(module.Id, "rev1");
        labels[Ownership.SpecHash] = module.SpecHash;
        var request = CreateRequest.For(module.Container, labels, new(1, 41));
        var created = await agent.Engine.CreateContainerAsync(module.Container.Name, request.Body, CancellationToken.None);

        await SucceedsAsync(agent, new StartContainer(module.Id, "test", created.Id), module);

        (await agent.SeeAsync(module)).Networks.Should().BeEquivalentTo(networks);
    }

    [Fact]
    public async Task A_container_starts_again_in_a_network_that_was_removed_and_made_anew()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var (module, networks) = await WithNetworksAsync(agent);
        var id = await agent.RunAsync(module);
        await SucceedsAsync(agent, new StopContainer(module.Id, "test", id, TimeSpan.Zero), module);
        foreach (var network in networks[..2])
        {
            await SucceedsAsync(agent, new RemoveNetwork(module.Id, "test", network));
            await SucceedsAsync(agent, new CreateNetwork(module.Id, "test", network));
        }

        await SucceedsAsync(agent, new StartContainer(module.Id, "test", id), module);

        (await agent.SeeAsync(module)).Networks.Should().BeEquivalentTo(networks);
        var inspected = await fixture.Engine.Http.GetStringAsync(new Uri($"containers/{id}/json", UriKind.Relative));
        var endpoints = JsonNode.Parse(inspected)!["NetworkSettings"]!["Networks"]!;
        networks.Should().OnlyContain(network => endpoints[network]!["Aliases"]!.AsArray().Any(alias => (string?)alias == "sleeper"));
    }

    [Fact]
    public async Task A_volume_outlives_its_containers()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var volume = agent.Name("data");
        var module = agent.Module("writer", fixture.Sleeper, new()
        {
            ["Cmd"] = new JsonArray("/bin/sh", "-c", "cat /data/file; echo kept > /data/file"),
            ["HostConfig"] = new JsonObject { ["Binds"] = new JsonArray($"{volume}:/data") },
        });
        await SucceedsAsync(agent, new CreateVolume(module.Id, "test", volume));
        await SucceedsAsync(agent, new CreateVolume(module.Id, "test", volume));
        (await agent.ObserveAsync()).Volumes.Should().Contain(volume);

        foreach (var expected in (string[])["", "kept\n"])
        {
            await agent.RunAsync(module);
            var id = await agent.ExitedAsync(module);
            (await agent.LogAsync(module)).Should().EndWith(expected);
            await SucceedsAsync(agent, new RemoveContainer(module.Id, "test", id), module);
        }

        (await agent.ObserveAsync()).Volumes.Should().Contain(volume);
    }

    private async Task<(EdgeModuleResource Module, string[] Networks)> WithNetworksAsync(Agent agent)
    {
        string[] networks = [agent.Name("first"), agent.Name("second"), agent.Name("third")];
        var module = agent.Module("sleeper", fixture.Sleeper, new()
        {
            ["HostConfig"] = new JsonObject { ["NetworkMode"] = networks[1] },
            ["NetworkingConfig"] = new JsonObject
            {
                ["EndpointsConfig"] = new JsonObject(networks.Select(network =>
                    KeyValuePair.Create(network, (JsonNode?)new JsonObject { ["Aliases"] = new JsonArray("sleeper") }))),
            },
        });
        foreach (var network in networks)
        {
            await SucceedsAsync(agent, new CreateNetwork(module.Id, "test", network));
        }

        return (module, networks);
    }

    private static async Task SucceedsAsync(Agent agent, Step step, params EdgeModuleResource[] modules) =>
        (await agent.DoAsync(step, modules)).Should().BeOfType<StepOutcome.Succeeded>(step.Id);
}
