using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>Two real engines, one of which plays that of a virtual machine.</summary>
[Collection(SharedEngine.Name)]
public sealed class GuestEngineTests(EngineFixture fixture) : IAsyncLifetime
{
    private readonly PlayedGuests _guests = new();
    private PrivateEngine _inside = null!;
    private Agent _agent = null!;

    public async Task InitializeAsync()
    {
        _inside = await PrivateEngine.StartAsync();
        _guests.Sockets[PlayedGuests.Edge] = _inside.SocketPath;
        _agent = new(fixture.Engine.Socket, guests: _guests);
        await _agent.WatchAsync();
    }

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _inside.DisposeAsync();
    }

    [Fact]
    public async Task A_module_is_made_on_the_engine_of_its_machine_and_on_no_other()
    {
        var module = await SleeperAsync();
        await RunAsync(module);

        var (host, inside) = await ObserveAsync(module);

        inside.Containers.Should().ContainSingle(c => c.Resource == module.Id).Which.Should().Match<ObservedContainer>(
            c => c.Phase == ContainerPhase.Running && c.SpecHash == module.SpecHash && c.Name == module.Container.Name);
        host.Containers.Should().NotContain(c => c.Resource == module.Id);
        await _agent.WokenAsync("edge: container");
    }

    [Fact]
    public async Task An_image_is_pulled_where_the_step_says_and_each_engine_has_its_own_account_of_it()
    {
        var image = await PullTests.NewImage("guest").PushAsync(fixture.Registry);
        await ObserveAsync();

        await PullAsync(image, PlayedGuests.Edge);

        var (host, inside) = await ObserveAsync();
        inside.Images.Should().ContainKey(image);
        inside.PulledImages.Should().Equal(inside.Images[image].Id);
        host.Images.Should().NotContainKey(image);
        host.PulledImages.Should().BeEmpty();
        (await _agent.DoAsync(new RemoveImage(new("Image", "x"), "test", inside.Images[image].Id)))
            .Should().BeOfType<StepOutcome.Terminal>("the host's engine did not get it from the agent").Which.Reason.Should().Be("NotOwned");
    }

    [Fact]
    public async Task A_pull_goes_on_as_long_as_the_same_engine_is_to_have_the_image()
    {
        await using var proxy = new CuttableProxy(fixture.Registry.Address);
        var image = (await PullTests.NewImage("kept").PushAsync(fixture.Registry)).Replace(fixture.Registry.Address, proxy.Address);
        var module = PlayedGuests.Inside(_agent.Module("kept", image));
        proxy.StallAfter(1_000_000);
        await ObserveAsync(module);
        var pull = new PullImage(module.Id, "test", image, Optional: false) { Target = PlayedGuests.Edge };
        await _agent.DoAsync(pull);

        _agent.Driver.Expect(new([pull], []));
        (await DescribeAsync(module)).State.Should().Be("pulling");
        _agent.Driver.Expect(new([pull with { Target = EngineTarget.Host }], []));
        (await DescribeAsync(module)).State.Should().Be("missing");
    }

    [Fact]
    public async Task Networks_and_volumes_are_the_engines_own()
    {
        var network = _agent.Name("net");
        await ObserveAsync();

        (await _agent.DoAsync(new CreateNetwork(new("EdgeModule", "web"), "test", network) { Target = PlayedGuests.Edge })).Should().BeOfType<StepOutcome.Succeeded>();
        (await _agent.DoAsync(new CreateVolume(new("EdgeModule", "web"), "test", network) { Target = PlayedGuests.Edge })).Should().BeOfType<StepOutcome.Succeeded>();

        var (host, inside) = await ObserveAsync();
        inside.OwnedNetworks.Should().Equal(network);
        inside.Volumes.Should().Contain(network);
        host.Networks.Should().NotContain(network);
        host.Volumes.Should().NotContain(network);
    }

    [Fact]
    public async Task A_modules_log_and_its_restart_are_those_of_its_own_engine()
    {
        var module = await SleeperAsync("echo from the inside; trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done");
        await RunAsync(module);
        var before = await SeeAsync(module);

        await Eventually.SucceedsAsync(async () => (await _agent.LogAsync(module)).Should().Be("from the inside\n"));
        (await _agent.Driver.RestartAsync(module.Id, Desired(module), CancellationToken.None)).Should().Be(new StepOutcome.Succeeded());

        (await SeeAsync(module)).StartedAt.Should().BeAfter(before.StartedAt!.Value);
    }

    /// <summary>A script stands in for wsl.exe and runs Docker's own command, as the guest would.</summary>
    [Fact]
    public async Task An_engine_behind_a_command_is_worked_with_as_one_behind_a_socket()
    {
        using var folder = new TempFolder();
        var script = folder.Write("wsl.exe", $"#!/bin/sh\n[ \"$*\" = '-d tools -u root --cd / -e docker system dial-stdio' ] || exit 99\nshift 7\nDOCKER_HOST=unix://{_inside.SocketPath} exec \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var wsl = new WslProgram(script, TimeProvider.System);
        var connections = 0;
        _guests.Engine = () =>
        {
            Interlocked.Increment(ref connections);
            return wsl.Open(WslCommands.Engine("tools"));
        };
        var image = await PullTests.NewImage("behind").PushAsync(fixture.Registry);
        var module = await SleeperAsync("echo from inside; exec sleep 1000");
        await RunAsync(module);
        await PullAsync(image, PlayedGuests.Edge);

        (await SeeAsync(module)).Phase.Should().Be(ContainerPhase.Running);
        (await ObserveAsync(module)).Inside.Images.Should().ContainKey(image);
        await _agent.WokenAsync("edge: container");
        await Eventually.SucceedsAsync(async () => (await _agent.LogAsync(module)).Should().Be("from inside\n"));
        connections.Should().BePositive();
    }

    [Fact]
    public async Task A_module_is_described_with_the_machine_that_it_runs_in()
    {
        var module = await SleeperAsync();
        await RunAsync(module);

        var status = await DescribeAsync(module);

        status.State.Should().Be("running");
        status.Details.Should().Contain("target", "VirtualMachine/edge").And.Contain("containerName", module.Container.Name);
    }

    [Fact]
    public async Task An_engine_goes_and_comes_back_while_the_hosts_is_worked_with()
    {
        var module = await SleeperAsync();
        await RunAsync(module);

        _inside.Kill();
        await Eventually.SucceedsAsync(async () => (await ObserveAsync(module)).Inside.Unavailable.Should().Contain("edgeop describe VirtualMachine/edge"));
        (await ObserveAsync(module)).Host.Unavailable.Should().BeNull();
        (await _agent.DoAsync(new StopContainer(module.Id, "test", "gone", null) { Target = PlayedGuests.Edge }))
            .Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("EngineUnavailable");
        var log = () => _agent.LogAsync(module);
        (await log.Should().ThrowAsync<ControlException>()).Which.Message.Should().Contain("can't be read");

        await _inside.StartAgainAsync();
        await Eventually.SucceedsAsync(() => _agent.Wakes.Count(w => w.Contains("edge: following")).Should().Be(2));
        (await ObserveAsync(module)).Inside.Containers.Should().ContainSingle(c => c.Resource == module.Id);
    }

    [Fact]
    public async Task A_machine_that_is_off_has_no_engine()
    {
        await ObserveAsync();
        _guests.Sockets.Clear();

        var observed = await _agent.Driver.ObserveAsync(PlayedGuests.Observed, Desired(), CancellationToken.None);

        observed.GuestEngines.Should().BeEmpty();
        observed.Engine.Unavailable.Should().BeNull();
    }

    [Fact]
    public async Task The_engine_of_a_machine_that_is_gone_is_disposed()
    {
        var module = await SleeperAsync();
        await RunAsync(module);

        await _agent.Driver.ObserveAsync(ObservedState.Nothing, DesiredState.Empty, CancellationToken.None);

        (await _agent.DoAsync(new StopContainer(module.Id, "test", "any", null) { Target = PlayedGuests.Edge }))
            .Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("VirtualMachine/edge can't be reached");
    }

    /// <summary>As when the machine is paused: ssh still listens, and nobody answers.</summary>
    [Fact]
    public async Task A_silent_engine_is_waited_for_once_and_heard_when_it_speaks_again()
    {
        var module = await SleeperAsync();
        await RunAsync(module);
        using var folder = new TempFolder();
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(folder.File("s")));
        silent.Listen(100);
        _guests.Sockets[PlayedGuests.Edge] = folder.File("s");

        var first = await ObserveAsync(module);
        first.Inside.Unavailable.Should().Be("the container engine in VirtualMachine/edge does not answer");
        first.Host.Unavailable.Should().BeNull();
        var second = ObserveAsync(module);
        (await second).Inside.Unavailable.Should().Be(first.Inside.Unavailable, "it has not answered what it was asked first");

        _guests.Sockets[PlayedGuests.Edge] = _inside.SocketPath;
        (await SeeAsync(module)).Phase.Should().Be(ContainerPhase.Running);
    }

    [Fact]
    public async Task Probes_go_through_the_machine()
    {
        var image = await TestImage.WebServer().LoadAsync(_inside);
        var fast = new NetworkProbe(8080, "/") { Interval = TimeSpan.FromMilliseconds(100), Retries = 2 };
        var web = PlayedGuests.Inside(_agent.Module("web", image, probe: fast));
        var sick = PlayedGuests.Inside(_agent.Module("sick", image, probe: fast with { Port = 8081, HttpPath = null }));
        await RunAsync(web, sick);

        await Eventually.SucceedsAsync(async () =>
        {
            var (_, inside) = await ObserveAsync(web, sick);
            inside.Containers.Single(c => c.Resource == web.Id).Health.Should().Be(ContainerHealth.Healthy);
            inside.Containers.Single(c => c.Resource == sick.Id).Should().BeEquivalentTo(new { Health = ContainerHealth.Unhealthy, HealthDetail = "Connection refused" });
        });
        _guests.Connections.Should().BePositive();
    }

    private async Task<EdgeModuleResource> SleeperAsync(string? script = null)
    {
        var image = await TestImage.Sleeper().LoadAsync(_inside);
        return PlayedGuests.Inside(_agent.Module("sleeper", image, script is null ? null : new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", script) }));
    }

    private static DesiredState Desired(params EdgeModuleResource[] modules) => new(
        "rev1", modules.Append<Resource>(PlayedGuests.Machine()).ToImmutableSortedDictionary(resource => resource.Id, resource => resource));

    private async Task RunAsync(params EdgeModuleResource[] modules)
    {
        await ObserveAsync(modules);
        foreach (var module in modules)
        {
            foreach (var step in (Step[])[new CreateContainer(module.Id, "test", module.Container.Name, module.SpecHash), new StartContainer(module.Id, "test", null)])
                (await _agent.Driver.ExecuteAsync(step with { Target = PlayedGuests.Edge }, Desired(modules), CancellationToken.None)).Should().BeOfType<StepOutcome.Succeeded>();
        }
    }

    private async Task<(ObservedEngine Host, ObservedEngine Inside)> ObserveAsync(params EdgeModuleResource[] modules)
    {
        var observed = await _agent.Driver.ObserveAsync(PlayedGuests.Observed, Desired(modules), CancellationToken.None);
        return (observed.Engine, observed.GuestEngines[PlayedGuests.Edge]);
    }

    private async Task<ObservedContainer> SeeAsync(EdgeModuleResource module) =>
        (await ObserveAsync(module)).Inside.Containers.Should().ContainSingle(c => c.Resource == module.Id).Subject;

    private async Task<Core.Protocol.ResourceStatus> DescribeAsync(EdgeModuleResource module) => _agent.Driver.Describe(
        module, await _agent.Driver.ObserveAsync(PlayedGuests.Observed, Desired(module), CancellationToken.None))!;

    private Task<StepOutcome> PullAsync(string image, string target) => Eventually.GetAsync(async () =>
    {
        var outcome = await _agent.DoAsync(new PullImage(new(KindNames.EdgeModule, "puller"), "test", image, Optional: false) { Target = target });
        return outcome is StepOutcome.Succeeded ? outcome : throw new InvalidOperationException($"{outcome}");
    });
}
