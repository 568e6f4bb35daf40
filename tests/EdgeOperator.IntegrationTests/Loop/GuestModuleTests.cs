using System.Collections.Immutable;
using EdgeOperator.Agent;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.IntegrationTests.Kinds.EdgeModule;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>The whole agent with a real engine, and another one that plays that of a virtual machine.</summary>
[Collection(LoopEngine.Name)]
public sealed class GuestModuleTests(EngineFixture fixture) : IAsyncLifetime
{
    private const string Forever = "imagePullPolicy: if-not-present\ncommand: [/bin/sh, -c, 'trap \"exit 0\" TERM; while :; do sleep 1 & wait $!; done']\n";

    private const string Machine = """
        apiVersion: edgeoperator.io/v1alpha1
        kind: VirtualMachine
        metadata: {name: edge}
        spec:
          disk: {image: {path: /srv/guest.qcow2, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}

        """;

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly string _owner = $"guest-{Guid.NewGuid():N}"[..13];
    private PrivateEngine _inside = null!;
    private PlayedMachines _machines = null!;
    private EdgeAgent _agent = null!;
    private Task _running = Task.CompletedTask;
    private string _image = "";

    private DeviceStatus Status => _agent.Control.Status;

    private string Web => $"web-{_owner}";

    private string Hub => $"hub-{_owner}";

    public async Task InitializeAsync()
    {
        _inside = await PrivateEngine.StartAsync();
        _machines = new(_inside.SocketPath);
        _image = await PullTests.NewImage(_owner).PushAsync(fixture.Registry);
        var configuration = Configuration();
        _agent = new(configuration, NullLoggerFactory.Instance, TimeProvider.System, DeviceKinds.Registered.Replace(KindNames.VirtualMachine, _ => new VirtualMachineDriver([_machines], new(), configuration.StateDirectory)));
        Write("hub.yaml", Manifests.Module(Hub, fixture.Sleeper, Forever));
        _running = _agent.RunAsync(_stop.Token);
        await CommittedAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        foreach (var container in await OnHostAsync())
            await Shell.RunAsync("docker", "-H", fixture.Engine.Socket, "rm", "-f", container.Id);
        await _inside.DisposeAsync();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_module_waits_for_its_machine_and_nothing_else_waits_for_the_module()
    {
        Write("edge.yaml", Machine);
        Write("web.yaml", Manifests.Module(Web, _image, Forever + "target: edge"));
        Write("hub.yaml", Manifests.Module(Hub, fixture.Sleeper, Forever + "env: {NEW: 'yes'}"));

        await Eventually.SucceedsAsync(() => Of(Web).Conditions.Find(Condition.Ready).Should().Match<Condition>(
            c => c.Reason == "EngineUnavailable" && c.Message == "VirtualMachine/edge is still booting"));
        await Eventually.SucceedsAsync(async () => (await OnHostAsync()).Should().Contain(c => c.Name == Hub && c.State == "running").And.Contain(c => c.Name.StartsWith($"{Hub}.prev-")));
        _machines.Boots("edge");
        await CommittedAsync();

        (await InsideAsync()).Should().ContainSingle().Which.Should().Match<Line>(c => c.Name == Web && c.State == "running");
        await Eventually.SucceedsAsync(async () => (await OnHostAsync()).Should().OnlyContain(c => c.Name == Hub));
        (await ImagesAsync(_inside)).Should().Contain(_image);
        (await ImagesAsync(fixture.Engine)).Should().NotContain(_image);
        Of(Web).Details.Should().Contain("target", "VirtualMachine/edge");
    }

    [Fact]
    public async Task A_module_moves_into_a_machine_and_out_again()
    {
        Write("web.yaml", Manifests.Module(Web, _image, Forever));
        await ChangedAsync();
        Write("edge.yaml", Machine);
        Write("web.yaml", Manifests.Module(Web, _image, Forever + "target: edge"));
        await Eventually.SucceedsAsync(() => _machines.PhaseOf("edge").Should().Be(MachinePhase.Booting));
        (await OnHostAsync()).Should().Contain(c => c.Name == Web && c.State == "exited", "what takes its port must find it free, and going back must find it");
        _machines.Boots("edge");
        await ChangedAsync();

        await Eventually.SucceedsAsync(async () => (await OnHostAsync()).Should().OnlyContain(c => c.Name == Hub));
        (await InsideAsync()).Should().OnlyContain(c => c.Name == Web && c.State == "running");
        await Eventually.SucceedsAsync(async () => (await ImagesAsync(fixture.Engine)).Should().NotContain(_image, "no kept revision has it on the host"));
        (await ImagesAsync(_inside)).Should().Contain(_image);

        File.Delete(_folder.File("manifests/edge.yaml"));
        Write("web.yaml", Manifests.Module(Web, _image, Forever));
        await ChangedAsync();

        (await OnHostAsync()).Should().Contain(c => c.Name == Web && c.State == "running");
        _machines.PhaseOf("edge").Should().Be(MachinePhase.Stopped);
    }

    [Fact]
    public async Task A_machine_that_never_answers_sends_its_modules_back_where_they_were()
    {
        Write("web.yaml", Manifests.Module(Web, _image, Forever));
        await ChangedAsync();
        var before = (await OnHostAsync()).Single(c => c.Name == Web).Id;

        Write("edge.yaml", Machine.TrimEnd() + "\n  healthTimeout: 15s\n");
        Write("web.yaml", Manifests.Module(Web, _image, Forever + "target: edge"));

        await Eventually.SucceedsAsync(() => Status.Conditions.Find(Condition.Ready)!.Reason.Should().Be("RolledBack"), Eventually.Slow);
        await Eventually.SucceedsAsync(async () => (await OnHostAsync()).Should().Contain(c => c.Id == before && c.Name == Web && c.State == "running"));
    }

    [Fact]
    public async Task What_nothing_desires_in_a_machine_goes_and_its_machine_stays()
    {
        Write("edge.yaml", Machine);
        Write("web.yaml", Manifests.Module(Web, _image, Forever + "target: edge\nnetworks: [inner]"));
        await Eventually.SucceedsAsync(() => _machines.PhaseOf("edge").Should().Be(MachinePhase.Booting));
        _machines.Boots("edge");
        await ChangedAsync();

        File.Delete(_folder.File("manifests/web.yaml"));
        await ChangedAsync();

        await Eventually.SucceedsAsync(async () =>
        {
            (await InsideAsync()).Should().BeEmpty();
            (await ImagesAsync(_inside)).Should().NotContain(_image);
            (await Shell.RunAsync("docker", "-H", _inside.Socket, "network", "ls", "--format", "{{.Name}}")).Should().NotContain("inner");
        });
        _machines.PhaseOf("edge").Should().Be(MachinePhase.Running);
    }

    [Fact]
    public async Task While_a_machines_engine_is_away_the_host_is_healed_and_afterwards_the_machine_is()
    {
        Write("edge.yaml", Machine);
        Write("web.yaml", Manifests.Module(Web, _image, Forever + "target: edge"));
        await Eventually.SucceedsAsync(() => _machines.PhaseOf("edge").Should().Be(MachinePhase.Booting));
        _machines.Boots("edge");
        await ChangedAsync();

        await Shell.RunAsync("docker", "-H", _inside.Socket, "rm", "-f", (await InsideAsync()).Single().Id);
        _inside.Kill();
        await Eventually.SucceedsAsync(() => Of(Web).Conditions.Find(Condition.Ready)!.Reason.Should().Be("EngineUnavailable"));
        await Shell.RunAsync("docker", "-H", fixture.Engine.Socket, "rm", "-f", (await OnHostAsync()).Single().Id);
        await Eventually.SucceedsAsync(async () => (await OnHostAsync()).Should().ContainSingle(c => c.Name == Hub && c.State == "running"));

        await _inside.StartAgainAsync();
        await Eventually.SucceedsAsync(async () => (await InsideAsync()).Should().ContainSingle(c => c.Name == Web && c.State == "running"));
        await CommittedAsync();
    }

    private AgentConfiguration Configuration() => new()
    {
        Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
        Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
        Engine = new() { Socket = fixture.Engine.Socket, Owner = _owner },
        StateDirectory = _folder.File("state"),
        Reconcile = new() { Deadline = TimeSpan.FromMinutes(2), StableFor = TimeSpan.FromMilliseconds(200), KeepRevisions = 1 },
    };

    private void Write(string name, string content) => _folder.Write($"manifests/{name}", content);

    private ResourceStatus Of(string module) => Status.Resources.Single(r => r.Name == module);

    private Task CommittedAsync() => Eventually.SucceedsAsync(
        () => Status.Conditions.Is(Condition.Ready).Should().BeTrue($"{string.Join('\n', Status.Conditions)}\n{string.Join('\n', Status.Resources)}\n{string.Join('\n', _agent.Control.Events(0, 50, null))}"));

    /// <summary>Waits until what was written last is good.</summary>
    private async Task ChangedAsync()
    {
        await _agent.Control.ReconcileAsync(retry: false, new("alice"), CancellationToken.None);
        await CommittedAsync();
    }

    private Task<ImmutableArray<Line>> OnHostAsync() => ContainersAsync(fixture.Engine);

    private Task<ImmutableArray<Line>> InsideAsync() => ContainersAsync(_inside);

    private async Task<ImmutableArray<Line>> ContainersAsync(PrivateEngine engine) =>
    [
        .. (await Shell.RunAsync("docker", "-H", engine.Socket, "ps", "-a", "--no-trunc",
            "--filter", $"label=edgeoperator.io/managed-by={_owner}", "--format", "{{.ID}} {{.Names}} {{.State}}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(parts => new Line(parts[0], parts[1], parts[2])),
    ];

    private static Task<string> ImagesAsync(PrivateEngine engine) =>
        Shell.RunAsync("docker", "-H", engine.Socket, "images", "--format", "{{.Repository}}:{{.Tag}}");

    private sealed record Line(string Id, string Name, string State);
}
