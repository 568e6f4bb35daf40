using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>The same driver on Podman's compatible socket.</summary>
public sealed class PodmanTests : IAsyncLifetime
{
    private PrivateRegistry _registry = null!;
    private PrivatePodman _podman = null!;
    private Agent _agent = null!;

    public async Task InitializeAsync()
    {
        _registry = await PrivateRegistry.StartAsync();
        _podman = await PrivatePodman.StartAsync(_registry.Address);
        _agent = new(_podman.Socket);
        await _agent.WatchAsync();
    }

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _podman.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task A_module_is_pulled_created_joined_to_networks_started_and_removed()
    {
        var image = await TestImage.WebServer().PushAsync(_registry);
        string[] networks = [_agent.Name("one"), _agent.Name("two")];
        var module = _agent.Module(
            "web",
            image,
            new()
            {
                ["HostConfig"] = new JsonObject { ["NetworkMode"] = networks[0], ["Binds"] = new JsonArray($"{_agent.Name("data")}:/data") },
                ["NetworkingConfig"] = new JsonObject { ["EndpointsConfig"] = new JsonObject { [networks[0]] = new JsonObject(), [networks[1]] = new JsonObject() } },
            },
            new NetworkProbe(8080, "/") { Interval = TimeSpan.FromMilliseconds(100) });

        (await _agent.PullAsync(image)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().MatchRegex("sha256:[0-9a-f]{64}");
        await DoAsync(module, new CreateNetwork(module.Id, "test", networks[0]));
        await DoAsync(module, new CreateNetwork(module.Id, "test", networks[1]));
        await DoAsync(module, new CreateNetwork(module.Id, "test", networks[1]));
        await DoAsync(module, new CreateVolume(module.Id, "test", _agent.Name("data")));
        await DoAsync(module, new CreateVolume(module.Id, "test", _agent.Name("data")));
        await DoAsync(module, new CreateContainer(module.Id, "test", _agent.Name("next"), module.SpecHash));
        await DoAsync(module, new CreateContainer(module.Id, "test", _agent.Name("next"), module.SpecHash));
        await DoAsync(module, new RenameContainer(module.Id, "test", null, module.Container.Name));
        await DoAsync(module, new StartContainer(module.Id, "test", null));

        await Eventually.SucceedsAsync(async () => (await _agent.SeeAsync(module)).Health.Should().Be(ContainerHealth.Healthy));
        var running = await _agent.SeeAsync(module);
        running.Should().BeEquivalentTo(new { module.Container.Name, Phase = ContainerPhase.Running, module.SpecHash, Image = image });
        running.Networks.Should().BeEquivalentTo(networks);
        var seen = await _agent.ObserveAsync(module);
        seen.Images.Should().ContainKey(image);
        seen.Images[running.ImageId].Digests.Should().NotBeEmpty();
        seen.Volumes.Should().Contain(_agent.Name("data"));
        seen.OwnedNetworks.Should().BeEquivalentTo(networks);

        await DoAsync(module, new RestartContainer(module.Id, "test", running.Id, TimeSpan.FromSeconds(1)));
        await DoAsync(module, new StopContainer(module.Id, "test", running.Id, TimeSpan.FromSeconds(1)));
        await DoAsync(module, new StopContainer(module.Id, "test", running.Id, TimeSpan.FromSeconds(1)));
        (await _agent.SeeAsync(module)).Phase.Should().Be(ContainerPhase.Exited);
        await DoAsync(module, new RemoveContainer(module.Id, "test", running.Id));
        await DoAsync(module, new RemoveContainer(module.Id, "test", running.Id));
        await DoAsync(module, new RemoveNetwork(module.Id, "test", networks[0]));
        await DoAsync(module, new RemoveNetwork(module.Id, "test", networks[0]));
        await DoAsync(module, new RemoveImage(module.Id, "test", running.ImageId));
        (await _agent.ObserveAsync(module)).Should().BeEquivalentTo(
            new { Containers = Array.Empty<ObservedContainer>(), OwnedNetworks = new[] { networks[1] } });
        (await _agent.ObserveAsync(module)).Images.Should().NotContainKey(image);
    }

    [Fact]
    public async Task Events_and_logs_come_through()
    {
        var module = _agent.Module("talker", await LoadAsync(TestImage.Sleeper()), new()
        {
            ["Cmd"] = new JsonArray("/bin/sh", "-c", "echo out; echo err >&2; while :; do sleep 3600; done"),
        });
        var id = await _agent.RunAsync(module);
        await _agent.WokenAsync("started");

        using var killed = await _podman.Http.PostAsync(new Uri($"containers/{id}/kill", UriKind.Relative), null);
        killed.EnsureSuccessStatusCode();

        await _agent.WokenAsync($"container {module.Container.Name} died (exit 137)");
        (await _agent.SeeAsync(module)).Should().BeEquivalentTo(new { Phase = ContainerPhase.Exited, ExitCode = 137 });
        (await _agent.LogAsync(module)).Split('\n').Should().BeEquivalentTo("out", "err", "");
        await _agent.Engine.RemoveContainerAsync(id, force: true, CancellationToken.None);
        await _agent.WokenAsync($"container {module.Container.Name} was removed");
    }

    [Fact]
    public async Task The_engines_own_checks_are_followed()
    {
        var module = _agent.Module("healthy", await LoadAsync(TestImage.Healthy()), new()
        {
            ["Healthcheck"] = new JsonObject { ["Test"] = new JsonArray("CMD", "/bin/true"), ["Interval"] = 3_600_000_000_000L },
        });
        var id = await _agent.RunAsync(module);
        (await _agent.SeeAsync(module)).Health.Should().Be(ContainerHealth.Starting);

        // What systemd's timer would do.
        (await _podman.Http.GetAsync(new Uri($"/v4.0.0/libpod/containers/{id}/healthcheck", UriKind.Relative))).EnsureSuccessStatusCode();

        await Eventually.SucceedsAsync(async () => (await _agent.SeeAsync(module)).Health.Should().Be(ContainerHealth.Healthy));
    }

    [Fact]
    public async Task Refusals_are_told_apart()
    {
        var image = await LoadAsync(TestImage.Sleeper());
        var invalid = _agent.Module("invalid", image, new() { ["HostConfig"] = new JsonObject { ["Binds"] = "text" } });
        var missing = _agent.Module("missing", "127.0.0.1:1/nowhere:1");
        var command = _agent.Module("command", image, new() { ["Cmd"] = new JsonArray("/no/such/program") });

        (await CreateAsync(invalid)).Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("InvalidCreateOptions");
        (await CreateAsync(missing)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageMissing");
        (await CreateAsync(command)).Should().BeOfType<StepOutcome.Succeeded>();
        (await _agent.DoAsync(new StartContainer(command.Id, "test", null), command))
            .Should().BeOfType<StepOutcome.Terminal>().Which.Reason.Should().Be("CommandNotRunnable");
        (await _agent.PullAsync("127.0.0.1:1/nowhere:1")).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("RegistryUnreachable");
        (await _agent.PullAsync($"{_registry.Address}/nothing:1")).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageNotFound");

        var foreign = await _agent.Engine.CreateContainerAsync(_agent.Name("clash"), new() { ["Image"] = image }, CancellationToken.None);
        var clash = await CreateAsync(_agent.Module("clash", image));
        clash.Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("NameTaken");
        await _agent.Engine.RemoveContainerAsync(foreign.Id, force: true, CancellationToken.None);
    }

    private Task<StepOutcome> CreateAsync(EdgeModuleResource module) =>
        _agent.DoAsync(new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash), module);

    private Task<string> LoadAsync(TestImage image) => image.LoadAsync(_podman.Http, $"localhost/{image.Name}");

    private async Task DoAsync(EdgeModuleResource module, Step step) =>
        (await _agent.DoAsync(step, module)).Should().BeOfType<StepOutcome.Succeeded>(step.Id);
}
