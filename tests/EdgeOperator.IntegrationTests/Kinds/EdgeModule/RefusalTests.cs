using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>What the engine refuses, and what becomes of it.</summary>
[Collection(SharedEngine.Name)]
public class RefusalTests(EngineFixture fixture)
{
    [Theory]
    [InlineData("""{"HostConfig":{"Memory":5}}""", "memory limit")]
    [InlineData("""{"HostConfig":{"Binds":"text"}}""", "cannot unmarshal")]
    [InlineData("""{"HostConfig":{"Binds":["/a:/b:what"]}}""", "invalid mode")]
    public async Task Options_that_the_engine_refuses_are_terminal(string body, string words)
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("refused", fixture.Sleeper, (JsonObject)JsonNode.Parse(body)!);

        var outcome = await CreateAsync(agent, module);

        outcome.Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("InvalidCreateOptions");
        outcome.As<StepOutcome.Terminal>().Message.Should().ContainEquivalentOf(words).And.NotContain("\n");
    }

    [Fact]
    public async Task A_missing_image_may_come()
    {
        await using var agent = new Agent(fixture.Engine.Socket);

        (await CreateAsync(agent, agent.Module("nothing", "nowhere:1"))).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageMissing");
    }

    [Fact]
    public async Task A_missing_mount_source_may_come()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("refused", fixture.Sleeper, (JsonObject)JsonNode.Parse(
            """{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/nowhere/at/all","Target":"/data"}]}}""")!);

        (await CreateAsync(agent, module)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("MountSourceMissing");
    }

    [Fact]
    public async Task A_missing_network_may_come()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("refused", fixture.Sleeper, new() { ["HostConfig"] = new JsonObject { ["NetworkMode"] = agent.Name("nowhere") } });
        await agent.CreateAsync(module);

        (await StartAsync(agent, module)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("NetworkMissing");
    }

    [Fact]
    public async Task A_port_in_use_may_become_free()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var bindings = new JsonObject { ["8080/tcp"] = new JsonArray(new JsonObject { ["HostPort"] = $"{FreePort.Next()}" }) };
        var body = new JsonObject { ["ExposedPorts"] = new JsonObject { ["8080/tcp"] = new JsonObject() }, ["HostConfig"] = new JsonObject { ["PortBindings"] = bindings } };
        await agent.RunAsync(agent.Module("first", fixture.Sleeper, (JsonObject)body.DeepClone()));
        var second = agent.Module("second", fixture.Sleeper, (JsonObject)body.DeepClone());
        await agent.CreateAsync(second);

        (await StartAsync(agent, second)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("PortInUse");
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_terminal()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("refused", fixture.Sleeper, new() { ["Cmd"] = new JsonArray("/no/such/program") });
        await agent.CreateAsync(module);

        var outcome = await StartAsync(agent, module);

        outcome.Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("CommandNotRunnable");
        outcome.As<StepOutcome.Terminal>().Message.Should().Contain("/no/such/program");
        (await agent.SeeAsync(module)).StartedAt.Should().BeNull();
    }

    [Fact]
    public async Task An_engine_that_is_down_is_an_observation_and_a_retry()
    {
        using var folder = new TempFolder();
        await using var agent = new Agent(fixture.Engine.Socket);
        await using var elsewhere = agent.At($"unix://{folder}/nobody.sock");
        var module = agent.Module("sleeper", fixture.Sleeper);

        (await elsewhere.ObserveAsync(module)).Unavailable.Should().Contain($"{folder}/nobody.sock");
        (await elsewhere.DoAsync(new StartContainer(module.Id, "test", null), module))
            .Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("EngineUnavailable");
        (await elsewhere.PullAsync("nowhere:1")).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("EngineUnavailable");
        (await elsewhere.Driver.RestartAsync(new("EdgeModule", "sleeper"), DesiredState.Empty, CancellationToken.None)).Should().BeOfType<StepOutcome.Retry>();
    }

    private static Task<StepOutcome> CreateAsync(Agent agent, EdgeModuleResource module) =>
        agent.DoAsync(new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash), module);

    private static Task<StepOutcome> StartAsync(Agent agent, EdgeModuleResource module) =>
        agent.DoAsync(new StartContainer(module.Id, "test", null), module);
}
