using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class ContainerLifeTests(EngineFixture fixture)
{
    [Fact]
    public async Task A_module_is_created_started_stopped_and_removed()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);

        var id = await agent.RunAsync(module);
        var running = await agent.SeeAsync(module);
        running.Should().BeEquivalentTo(
            new { Id = id, Name = module.Container.Name, Phase = ContainerPhase.Running, module.SpecHash, Revision = "rev1", Image = fixture.Sleeper, Health = ContainerHealth.None });
        running.StartedAt.Should().NotBeNull();
        running.ExitCode.Should().BeNull();

        (await agent.DoAsync(new StopContainer(module.Id, "test", id, null), module)).Should().BeOfType<StepOutcome.Succeeded>();
        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { Phase = ContainerPhase.Exited, ExitCode = 0 });

        (await agent.DoAsync(new RemoveContainer(module.Id, "test", id), module)).Should().BeOfType<StepOutcome.Succeeded>();
        (await agent.ObserveAsync(module)).Containers.Should().NotContain(container => container.Id == id);
    }

    [Theory]
    [InlineData(ContainerPhase.Created)]
    [InlineData(ContainerPhase.Running)]
    [InlineData(ContainerPhase.Paused)]
    [InlineData(ContainerPhase.Restarting)]
    [InlineData(ContainerPhase.Exited)]
    public async Task A_container_in_any_state_makes_way_for_another(ContainerPhase phase)
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var old = await InPhaseAsync(agent, phase);
        var module = agent.Module("any", fixture.Sleeper);

        await agent.ReconcileAsync(module);

        (await agent.SeeAsync(module)).Should().BeEquivalentTo(new { module.Container.Name, Phase = ContainerPhase.Running });
        (await agent.Engine.InspectContainerAsync(old, CancellationToken.None)).Should().BeNull();
    }

    [Theory]
    [InlineData(ContainerPhase.Created)]
    [InlineData(ContainerPhase.Running)]
    [InlineData(ContainerPhase.Paused)]
    [InlineData(ContainerPhase.Restarting)]
    [InlineData(ContainerPhase.Exited)]
    public async Task A_container_in_any_state_is_removed_when_its_module_is_no_longer_desired(ContainerPhase phase)
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var old = await InPhaseAsync(agent, phase);

        await agent.ReconcileAsync();

        (await agent.Engine.InspectContainerAsync(old, CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public async Task Doing_a_step_again_does_no_harm()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        Step create = new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash);
        Step start = new StartContainer(module.Id, "test", null);
        Step rename = new RenameContainer(module.Id, "test", null, agent.Name("other"));

        foreach (var step in (Step[])[create, create, start, start, rename])
        {
            (await agent.DoAsync(step, module)).Should().BeOfType<StepOutcome.Succeeded>(step.Id);
        }

        var container = await agent.SeeAsync(module);
        container.Name.Should().Be(agent.Name("other"));
        foreach (var step in (Step[])
            [
                new RenameContainer(module.Id, "test", container.Id, agent.Name("other")),
                new StopContainer(module.Id, "test", container.Id, null),
                new StopContainer(module.Id, "test", container.Id, null),
                new RemoveContainer(module.Id, "test", container.Id),
                new RemoveContainer(module.Id, "test", container.Id),
                new StopContainer(module.Id, "test", container.Id, null),
            ])
        {
            (await agent.DoAsync(step, module)).Should().BeOfType<StepOutcome.Succeeded>(step.Id);
        }
    }

    [Fact]
    public async Task After_a_restart_of_the_agent_the_new_container_is_found_by_its_labels()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        await agent.CreateAsync(module, agent.Name("sleeper.next-1"));

        await using var restarted = agent.Restarted();
        (await restarted.DoAsync(new RenameContainer(module.Id, "test", null, module.Container.Name), module)).Should().BeOfType<StepOutcome.Succeeded>();
        (await restarted.DoAsync(new StartContainer(module.Id, "test", null), module)).Should().BeOfType<StepOutcome.Succeeded>();

        (await restarted.SeeAsync(module)).Should().BeEquivalentTo(new { module.Container.Name, Phase = ContainerPhase.Running });
    }

    [Fact]
    public async Task A_restart_is_seen_at_once()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var module = agent.Module("sleeper", fixture.Sleeper);
        await agent.RunAsync(module);
        var before = await agent.SeeAsync(module);

        (await agent.DoAsync(new RestartContainer(module.Id, "test", before.Id, TimeSpan.FromSeconds(1)), module)).Should().BeOfType<StepOutcome.Succeeded>();

        (await agent.SeeAsync(module)).StartedAt.Should().BeAfter(before.StartedAt!.Value);
    }

    [Fact]
    public async Task The_stop_timeout_of_the_step_holds()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("stubborn", fixture.Sleeper, new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", "trap '' TERM; while :; do sleep 3600; done") });
        var id = await agent.RunAsync(module);

        await agent.DoAsync(new StopContainer(module.Id, "test", id, TimeSpan.FromSeconds(1)), module);

        var stopped = await agent.SeeAsync(module);
        stopped.ExitCode.Should().Be(137);
        (stopped.FinishedAt - stopped.StartedAt).Should().BeLessThan(TimeSpan.FromSeconds(8), "the engine's own timeout is 10 s");
    }

    [Fact]
    public async Task While_somebody_removes_a_container_the_steps_wait_for_its_end()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        await agent.WatchAsync();
        var module = agent.Module("sleeper", fixture.Sleeper);
        Step create = new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash);
        for (var round = 0; round < 5; round++)
        {
            var id = await agent.RunAsync(module);
            var removal = agent.Engine.RemoveContainerAsync(id, force: true, CancellationToken.None);
            foreach (var step in (Step[])[new StopContainer(module.Id, "test", id, TimeSpan.Zero), new RemoveContainer(module.Id, "test", id)])
            {
                (await agent.DoAsync(step, module)).Should().Match<StepOutcome>(o => o is StepOutcome.Succeeded || o is StepOutcome.Pending, step.Id);
            }

            await Eventually.SucceedsAsync(async () => (await agent.Engine.InspectContainerAsync(id, CancellationToken.None))?.State?.Status.Should().Be("removing"));
            (await agent.DoAsync(create, module)).Should().Match<StepOutcome>(o => o is StepOutcome.Succeeded || o is StepOutcome.Pending);
            await removal.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    [Fact]
    public async Task What_is_known_of_a_module_is_described()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var port = FreePort.Next();
        var module = agent.Module("web", fixture.WebServer, (JsonObject)JsonNode.Parse(
            $$$"""{"ExposedPorts": {"8080/tcp": {} }, "HostConfig": {"PortBindings": {"8080/tcp": [{"HostPort": "{{{port}}}"}] } } }""")!);
        agent.Driver.Describe(module, new())!.Should().BeEquivalentTo(new { Kind = "EdgeModule", Name = "web", State = "missing", Summary = fixture.WebServer });
        var id = await agent.RunAsync(module);
        var engine = await agent.ObserveAsync(module);

        var status = agent.Driver.Describe(module, new() { Engine = engine })!;

        status.State.Should().Be("running");
        status.Details.Should().Contain(new Dictionary<string, string>
        {
            ["container"] = id[..12],
            ["containerName"] = module.Container.Name,
            ["revision"] = "rev1",
            ["image"] = fixture.WebServer,
            ["imageId"] = engine.Images[fixture.WebServer].Id,
            ["ports"] = $"{port}->8080/tcp",
            ["restarts"] = "0",
        });
        status.Details["address"].Should().StartWith("10.");
        agent.Driver.Describe(module, new() { Engine = new() { Unavailable = "gone" } })!.State.Should().Be("unknown");
    }

    [Fact]
    public async Task A_container_that_is_gone_is_missed_when_it_is_needed()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("sleeper", fixture.Sleeper);
        var gone = new string('a', 64);

        (await agent.DoAsync(new StartContainer(module.Id, "test", gone), module))
            .Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ContainerMissing");
        (await agent.DoAsync(new StartContainer(module.Id, "test", null), module))
            .Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ContainerMissing");
    }

    /// <summary>A container of another spec of the module <c>any</c>, in a state.</summary>
    /// <returns>Its id.</returns>
    private async Task<string> InPhaseAsync(Agent agent, ContainerPhase phase)
    {
        var crashes = phase == ContainerPhase.Restarting;
        var image = crashes ? await TestImage.Exits(1).LoadAsync(fixture.Engine) : fixture.Sleeper;
        var module = agent.Module("any", image, new()
        {
            ["Env"] = new JsonArray("VERSION=1"),
            ["HostConfig"] = new JsonObject { ["RestartPolicy"] = new JsonObject { ["Name"] = crashes ? "always" : "no" } },
        });
        await agent.CreateAsync(module);
        var id = (await agent.SeeAsync(module)).Id;
        if (phase != ContainerPhase.Created)
            await agent.Engine.StartContainerAsync(id, CancellationToken.None);
        if (phase == ContainerPhase.Exited)
            await agent.Engine.StopContainerAsync(id, TimeSpan.Zero, CancellationToken.None);
        if (phase == ContainerPhase.Paused)
        {
            using var paused = await fixture.Engine.Http.PostAsync(new Uri($"containers/{id}/pause", UriKind.Relative), null);
            paused.EnsureSuccessStatusCode();
        }

        await Eventually.SucceedsAsync(async () => (await agent.SeeAsync(module)).Phase.Should().Be(phase));
        return id;
    }
}
