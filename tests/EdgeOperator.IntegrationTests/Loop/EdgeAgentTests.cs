using System.Collections.Immutable;
using EdgeOperator.Agent;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.IntegrationTests.Kinds.EdgeModule;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Condition = EdgeOperator.Core.State.Condition;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>The whole agent in this process, on a folder of manifests and a real engine.</summary>
[Collection(LoopEngine.Name)]
public sealed class EdgeAgentTests : IAsyncLifetime
{
    private static readonly Operator Alice = new("alice", "maintenance");

    private readonly EngineFixture _fixture;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly string _owner = $"loop-{Guid.NewGuid():N}"[..13];
    private readonly EdgeAgent _agent;
    private Task _running = Task.CompletedTask;

    public EdgeAgentTests(EngineFixture fixture)
    {
        _fixture = fixture;
        _folder.File("manifests/none");
        _agent = new EdgeAgent(Configuration(_folder.File("state")), NullLoggerFactory.Instance, TimeProvider.System);
    }

    private DeviceStatus Status => _agent.Control.Status;

    private string Web => $"web-{_owner}";

    public async Task InitializeAsync()
    {
        Write("web.yaml", Manifests.Module(Web, _fixture.Sleeper, "imagePullPolicy: never\nenv: {GENERATION: '1'}\n"));
        Write("motd.yaml", Manifests.ConfigFile("motd", _folder.File("etc/motd"), "hello"));
        _running = _agent.RunAsync(_stop.Token);
        await CommittedAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        await RemoveContainersAsync();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task What_the_manifests_say_comes_to_be()
    {
        (await ContainersAsync()).Should().ContainSingle().Which.Should().Match<ContainerLine>(c => c.Name == Web && c.State == "running");
        (await File.ReadAllTextAsync(_folder.File("etc/motd"))).Should().Be("hello");
        _agent.Control.History(10).Should().ContainSingle().Which.Outcome.Should().Be(RevisionOutcome.Succeeded);
    }

    [Fact]
    public async Task What_somebody_removes_by_hand_comes_back()
    {
        var before = (await ContainersAsync()).Single().Id;

        await Shell.RunAsync("docker", "-H", _fixture.Engine.Socket, "rm", "-f", before);
        File.Delete(_folder.File("etc/motd"));

        await Eventually.SucceedsAsync(async () =>
        {
            (await ContainersAsync()).Should().ContainSingle(c => c.State == "running" && c.Id != before);
            File.Exists(_folder.File("etc/motd")).Should().BeTrue();
        });
    }

    [Fact]
    public async Task A_revision_that_never_becomes_healthy_is_left_for_the_one_before_it()
    {
        var good = (await ContainersAsync()).Single().Id;
        var goodRevision = Status.LastGood!.Id;

        Write("web.yaml", Manifests.Module(Web, _fixture.Sleeper, "imagePullPolicy: never\nenv: {GENERATION: '2'}\nhealth: {exec: {command: ['false']}, interval: 1s, retries: 1}\nhealthTimeout: 6s\n"));
        Write("motd.yaml", Manifests.ConfigFile("motd", _folder.File("etc/motd"), "changed"));

        await Eventually.SucceedsAsync(() => Status.Conditions.Find(Condition.Ready)!.Reason.Should().Be("RolledBack"), Eventually.Slow);
        await Eventually.SucceedsAsync(async () =>
        {
            Status.Applied!.Id.Should().Be(goodRevision);
            (await ContainersAsync()).Should().ContainSingle().Which.Should().Match<ContainerLine>(c => c.Id == good && c.Name == Web && c.State == "running");
            (await File.ReadAllTextAsync(_folder.File("etc/motd"))).Should().Be("hello");
        });

        Write("web.yaml", Manifests.Module(Web, _fixture.Sleeper, "imagePullPolicy: never\nenv: {GENERATION: '3'}\n"));

        await CommittedAsync();
        Status.LastGood!.Id.Should().NotBe(goodRevision);
    }

    [Fact]
    public async Task An_invalid_revision_changes_nothing_and_is_named_by_place()
    {
        var before = (await ContainersAsync()).Single().Id;

        Write("web.yaml", Manifests.Module(Web, _fixture.Sleeper, "imgae: x\n"));

        await Eventually.SucceedsAsync(() => Status.Conditions.Find(Condition.Ready).Should().Match<Condition>(
            c => c.Reason == "InvalidManifest" && c.Message.Contains("web.yaml:")));
        (await ContainersAsync()).Should().ContainSingle().Which.Id.Should().Be(before);
    }

    [Fact]
    public async Task A_revision_without_resources_is_refused()
    {
        File.Delete(_folder.File("manifests/web.yaml"));
        File.Delete(_folder.File("manifests/motd.yaml"));

        await Eventually.SucceedsAsync(() => Status.Conditions.Find(Condition.Ready)!.Reason.Should().Be("EmptyRevision"));
        (await ContainersAsync()).Should().ContainSingle().Which.State.Should().Be("running");
    }

    [Fact]
    public async Task What_is_protected_after_it_was_made_stays_when_its_manifest_goes()
    {
        var motd = Manifests.ConfigFile("motd", _folder.File("etc/motd"), "hello");
        var first = Status.LastGood!.Id;
        Write("motd.yaml", motd.Replace("\nspec:", "\n  annotations: {edgeoperator.io/prune: disabled}\nspec:", StringComparison.Ordinal));
        await Eventually.SucceedsAsync(() => Status.LastGood!.Id.Should().NotBe(first));

        var second = Status.LastGood!.Id;
        File.Delete(_folder.File("manifests/motd.yaml"));
        await Eventually.SucceedsAsync(() => Status.LastGood!.Id.Should().NotBe(second));
        await _agent.Control.ReconcileAsync(retry: false, Alice, CancellationToken.None);

        Status.Resources.Should().ContainSingle();
        (await File.ReadAllTextAsync(_folder.File("etc/motd"))).Should().Be("hello");
    }

    [Fact]
    public async Task A_damaged_ledger_is_told_of()
    {
        _folder.Write("other/ledger.json", "{");

        await using var agent = new EdgeAgent(Configuration(_folder.File("other")), NullLoggerFactory.Instance, TimeProvider.System);

        agent.Control.Events(0, 10, null).Should().ContainSingle().Which.Reason.Should().Be("LedgerDamaged");
    }

    [Fact]
    public async Task A_restart_that_an_operator_asks_for_is_no_repair()
    {
        var id = (await ContainersAsync()).Single().Id;

        await _agent.Control.RestartAsync(new(KindNames.EdgeModule, Web), Alice, CancellationToken.None);
        await _agent.Control.ReconcileAsync(retry: false, Alice, CancellationToken.None);

        (await ContainersAsync()).Should().ContainSingle().Which.Should().Match<ContainerLine>(c => c.Id == id && c.State == "running");
        _agent.Control.Events(0, 50, null).SkipWhile(e => e.Reason != "RestartRequested").Select(e => e.Reason).Should().Contain("RestartRequested").And.NotContain("StartContainer");
    }

    [Fact]
    public async Task An_operator_can_go_back_and_forth()
    {
        var first = Status.LastGood!.Id;
        Write("motd.yaml", Manifests.ConfigFile("motd", _folder.File("etc/motd"), "second"));
        await Eventually.SucceedsAsync(() => Status.LastGood!.Id.Should().NotBe(first));

        (await _agent.Control.RollBackAsync(null, Alice, CancellationToken.None)).Should().Be(first);
        await Eventually.SucceedsAsync(async () => (await File.ReadAllTextAsync(_folder.File("etc/motd"))).Should().Be("hello"));
        Status.HeldAt.Should().Be(first);

        await _agent.Control.ResumeAsync(null, Alice, CancellationToken.None);
        await Eventually.SucceedsAsync(async () => (await File.ReadAllTextAsync(_folder.File("etc/motd"))).Should().Be("second"));
    }

    [Fact]
    public async Task A_revision_that_can_t_be_run_is_none_to_go_back_to()
    {
        Write("motd.yaml", "kind: [");
        await Eventually.TrueAsync("it is in the history", () => _agent.Control.History(10).Any(run => run.Outcome == RevisionOutcome.Invalid));
        var invalid = _agent.Control.History(10).First(run => run.Outcome == RevisionOutcome.Invalid);

        invalid.Kept.Should().BeFalse();
        (await _agent.Control.Invoking(c => c.RollBackAsync(invalid.Revision, Alice, CancellationToken.None)).Should().ThrowAsync<ControlException>())
            .Which.Message.Should().Contain("can't be run").And.Contain("motd.yaml");
        Status.HeldAt.Should().BeNull();
    }

    private AgentConfiguration Configuration(string stateDirectory) => new()
    {
        Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
        Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
        Engine = new() { Socket = _fixture.Engine.Socket, Owner = _owner },
        StateDirectory = stateDirectory,
        Files = new() { AllowedRoots = [_folder.File("etc")] },
        Reconcile = new() { Deadline = TimeSpan.FromMinutes(2), StableFor = TimeSpan.FromMilliseconds(200) },
    };

    private void Write(string name, string content) => _folder.Write($"manifests/{name}", content);

    private Task CommittedAsync() => Eventually.SucceedsAsync(
        () => Status.Conditions.Is(Condition.Ready).Should().BeTrue($"{string.Join('\n', Status.Conditions)}\n{string.Join('\n', Status.Resources)}\n{string.Join('\n', _agent.Control.Events(0, 50, null))}"));

    private async Task<ImmutableArray<ContainerLine>> ContainersAsync() =>
    [
        .. (await Shell.RunAsync("docker", "-H", _fixture.Engine.Socket, "ps", "-a", "--no-trunc",
            "--filter", $"label=edgeoperator.io/managed-by={_owner}", "--format", "{{.ID}} {{.Names}} {{.State}}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(parts => new ContainerLine(parts[0], parts[1], parts[2])),
    ];

    private async Task RemoveContainersAsync()
    {
        foreach (var container in await ContainersAsync())
            await Shell.RunAsync("docker", "-H", _fixture.Engine.Socket, "rm", "-f", container.Id);
    }

    private sealed record ContainerLine(string Id, string Name, string State);
}
