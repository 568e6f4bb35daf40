using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>What somebody does to the agent's containers with the engine's own means.</summary>
[Collection(SharedEngine.Name)]
public class DriftTests(EngineFixture fixture)
{
    [Theory]
    [InlineData("""{"NanoCpus":500000000}""", "NanoCpus", null, "500000000")]
    [InlineData("""{"RestartPolicy":{"Name":"always"}}""", "RestartPolicy", "on-failure:3", "always")]
    [InlineData("""{"CpuShares":7}""", "CpuShares", "512", "7")]
    [InlineData("""{"PidsLimit":70}""", "PidsLimit", null, "70")]
    public async Task Settings_that_were_changed_are_seen_at_once_and_changed_back(string update, string name, string? created, string actual)
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var module = agent.Module("limited", fixture.Sleeper, new()
        {
            ["HostConfig"] = new JsonObject { ["CpuShares"] = 512, ["RestartPolicy"] = new JsonObject { ["Name"] = "on-failure", ["MaximumRetryCount"] = 3 } },
        });
        var id = await agent.RunAsync(module);

        await PostAsync($"containers/{id}/update", update);

        await agent.WokenAsync("the limits of container");
        var changed = new ChangedSetting(name, created, actual);
        (await agent.SeeAsync(module)).ChangedSettings.Should().Equal(changed);
        await using var restarted = agent.RestartedWithState();
        (await restarted.SeeAsync(module)).ChangedSettings.Should().Equal(changed);
        if (changed.IsRestorable)
        {
            (await agent.DoAsync(new UpdateContainer(module.Id, "test", id, [changed]), module)).Should().BeOfType<StepOutcome.Succeeded>();
            (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Id = id, ChangedSettings = Array.Empty<ChangedSetting>() });
        }
    }

    [Fact]
    public async Task Settings_that_the_engine_does_not_change_back_are_marked()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("refused", fixture.Sleeper);
        var id = await agent.RunAsync(module);
        await PostAsync($"containers/{id}/update", """{"CpuShares":7}""");

        // Less than the engine allows.
        (await agent.DoAsync(new UpdateContainer(module.Id, "test", id, [new("Memory", "1", "2")]), module)).Should().BeOfType<StepOutcome.Retry>();

        (await agent.SeeAsync(module)).ChangedSettings.Should().ContainSingle().Which.IsRefused.Should().BeTrue();
    }

    [Fact]
    public async Task Settings_of_a_container_from_an_older_version_are_those_of_its_spec()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("adopted", fixture.Sleeper, new() { ["HostConfig"] = new JsonObject { ["CpuShares"] = 512 } });
        var id = await agent.RunAsync(module);
        await PostAsync($"containers/{id}/update", """{"CpuShares":7}""");

        await using var stateless = agent.Restarted();
        (await stateless.SeeAsync(module)).ChangedSettings.Should().Equal(new ChangedSetting("CpuShares", "512", "7"));
    }

    [Fact]
    public async Task A_network_that_was_disconnected_is_joined_again_as_the_spec_has_it()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var network = agent.Name("net");
        await agent.Engine.CreateNetworkAsync(network, new Dictionary<string, string>(), CancellationToken.None);
        var module = agent.Module("joined", fixture.Sleeper, new()
        {
            ["HostConfig"] = new JsonObject { ["NetworkMode"] = network },
            ["NetworkingConfig"] = new JsonObject { ["EndpointsConfig"] = new JsonObject { [network] = new JsonObject { ["Aliases"] = new JsonArray("friend") } } },
        });
        var id = await agent.RunAsync(module);

        await agent.Engine.DisconnectNetworkAsync(network, id, CancellationToken.None);
        await agent.WokenAsync($"disconnected from network {network}");
        (await agent.SeeAsync(module)).Networks.Should().BeEmpty();

        (await agent.DoAsync(new ConnectNetwork(module.Id, "test", id, network), module)).Should().BeOfType<StepOutcome.Succeeded>();
        (await agent.SeeAsync(module)).Networks.Should().Equal(network);
        (await GetAsync($"containers/{id}/json"))["NetworkSettings"]!["Networks"]![network]!["Aliases"]!.AsArray().Select(alias => (string?)alias).Should().Contain("friend");

        (await agent.DoAsync(new DisconnectNetwork(module.Id, "test", id, network), module)).Should().BeOfType<StepOutcome.Succeeded>();
        (await agent.SeeAsync(module)).Networks.Should().BeEmpty();
        await agent.Engine.RemoveNetworkAsync(network, CancellationToken.None);
    }

    [Fact]
    public async Task A_network_that_was_joined_by_hand_with_other_settings_is_joined_as_the_spec_has_it()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var network = agent.Name("net");
        await agent.Engine.CreateNetworkAsync(network, new Dictionary<string, string>(), CancellationToken.None);
        var module = agent.Module("aliased", fixture.Sleeper, new()
        {
            ["HostConfig"] = new JsonObject { ["NetworkMode"] = network },
            ["NetworkingConfig"] = new JsonObject { ["EndpointsConfig"] = new JsonObject { [network] = new JsonObject { ["Aliases"] = new JsonArray("friend") } } },
        });
        var id = await agent.RunAsync(module);
        (await agent.SeeAsync(module)).ChangedEndpoints.Should().BeEmpty();

        await agent.Engine.DisconnectNetworkAsync(network, id, CancellationToken.None);
        await agent.Engine.ConnectNetworkAsync(network, id, new JsonObject { ["Aliases"] = new JsonArray("stranger") }, CancellationToken.None);
        await Eventually.SucceedsAsync(async () => (await agent.SeeAsync(module)).ChangedEndpoints.Should().Equal(network));

        (await agent.DoAsync(new ConnectNetwork(module.Id, "test", id, network), module)).Should().BeOfType<StepOutcome.Succeeded>();
        (await agent.SeeAsync(module)).ChangedEndpoints.Should().BeEmpty();
        (await GetAsync($"containers/{id}/json"))["NetworkSettings"]!["Networks"]![network]!["Aliases"]!.AsArray().Select(alias => (string?)alias)
            .Should().Contain("friend").And.NotContain("stranger");

        await agent.Engine.DisconnectNetworkAsync(network, id, CancellationToken.None);
        await agent.Engine.RemoveNetworkAsync(network, CancellationToken.None);
    }

    [Fact]
    public async Task A_container_that_was_paused_goes_on_where_it_was()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("paused", fixture.Sleeper);
        var id = await agent.RunAsync(module);
        var started = (await agent.SeeAsync(module)).StartedAt;
        await PostAsync($"containers/{id}/pause", "");
        (await agent.SeeAsync(module)).Phase.Should().Be(ContainerPhase.Paused);

        (await agent.DoAsync(new StartContainer(module.Id, "test", id), module)).Should().BeOfType<StepOutcome.Succeeded>();

        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Phase = ContainerPhase.Running, StartedAt = started });
    }

    [Fact]
    public async Task Whose_namespaces_and_volumes_a_container_uses_is_seen_by_id()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var main = agent.Module("main", fixture.Sleeper);
        var id = await agent.RunAsync(main);
        var module = agent.Module("side", fixture.Sleeper, new()
        {
            ["HostConfig"] = new JsonObject { ["NetworkMode"] = $"container:{main.Container.Name}", ["VolumesFrom"] = new JsonArray($"{main.Container.Name}:ro") },
        });
        module = module with { Container = module.Container with { Joins = [main.Container.Name], VolumesFrom = [main.Container.Name] } };

        await agent.RunAsync(module);

        (await agent.SeeAsync(module)).SharesWith.Should().Equal(id);
    }

    [Fact]
    public async Task A_copy_of_the_agents_container_is_left_alone()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("original", fixture.Sleeper);
        var id = await agent.RunAsync(module);
        await agent.ObserveAsync(module);
        var name = agent.Name("copy").ToLowerInvariant();
        await PostAsync($"commit?container={id}&repo={name}&tag=1", "");
        var committed = await agent.Engine.CreateContainerAsync(name, new() { ["Image"] = $"{name}:1" }, CancellationToken.None);
        var labels = (await GetAsync($"containers/{id}/json"))["Config"]!["Labels"]!.DeepClone();
        var duplicated = await agent.Engine.CreateContainerAsync($"{name}-2", new() { ["Image"] = fixture.Sleeper, ["Labels"] = labels }, CancellationToken.None);
        await using var restarted = agent.RestartedWithState();

        foreach (var driver in (Agent[])[agent, restarted])
        {
            await ExpectOnlyAsync(driver, id);
        }

        await agent.Engine.RemoveContainerAsync(id, force: true, CancellationToken.None);
        foreach (var driver in (Agent[])[agent, restarted, restarted])
        {
            await ExpectOnlyAsync(driver);
        }

        await agent.Engine.RemoveContainerAsync(committed.Id, force: true, CancellationToken.None);
        await agent.Engine.RemoveContainerAsync(duplicated.Id, force: true, CancellationToken.None);
        await agent.Engine.RemoveImageAsync($"{name}:1", CancellationToken.None);

        async Task ExpectOnlyAsync(Agent driver, params string[] own)
        {
            (await driver.ObserveAsync(module)).Containers.Where(container => container.Resource == module.Id).Select(container => container.Id).Should().Equal(own);
            foreach (var copy in (string[])[committed.Id, duplicated.Id])
            {
                (await driver.DoAsync(new RemoveContainer(module.Id, "test", copy), module)).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("NotOwned");
            }
        }
    }

    [Fact]
    public async Task A_container_that_was_renamed_is_still_the_agents()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("named", fixture.Sleeper);
        var id = await agent.RunAsync(module);
        await agent.Engine.RenameContainerAsync(id, agent.Name("other"), CancellationToken.None);

        (await agent.SeeAsync(module)).Name.Should().Be(agent.Name("other"));
        (await agent.DoAsync(new RenameContainer(module.Id, "test", id, module.Container.Name), module)).Should().BeOfType<StepOutcome.Succeeded>();
    }

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await fixture.Engine.Http.PostAsync(new Uri($"/v1.41/{path}", UriKind.Relative), content);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonObject> GetAsync(string path) =>
        JsonNode.Parse(await fixture.Engine.Http.GetStringAsync(new Uri($"/v1.41/{path}", UriKind.Relative)))!.AsObject();
}
