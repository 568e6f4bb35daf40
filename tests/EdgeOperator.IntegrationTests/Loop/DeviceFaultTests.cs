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

/// <summary>A device whose disk is full when a good revision comes: the revision is not to blame.</summary>
[Collection(LoopEngine.Name)]
public sealed class DeviceFaultTests(EngineFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private TinyDisk _disk = null!;
    private EdgeAgent _agent = null!;
    private Task _running = Task.CompletedTask;

    private DeviceStatus Status => _agent.Control.Status;

    public async Task InitializeAsync()
    {
        _disk = await TinyDisk.MountAsync(kilobytes: 256);
        Write("hello");
        _agent = new(
            new AgentConfiguration
            {
                Device = new("press-7", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty),
                Sources = [new DirectorySourceConfiguration { Name = "folder", Path = _folder.File("manifests"), Interval = TimeSpan.FromSeconds(1) }],
                Engine = new() { Socket = fixture.Engine.Socket, Owner = $"fault-{Guid.NewGuid():N}"[..13] },
                StateDirectory = _folder.File("state"),
                Files = new() { AllowedRoots = [_disk.Path] },
                Reconcile = new() { Deadline = Deadline, StableFor = TimeSpan.FromMilliseconds(200) },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        _running = _agent.RunAsync(_stop.Token);
        await Eventually.SucceedsAsync(() => Status.Conditions.Is(Condition.Ready).Should().BeTrue());
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _agent.DisposeAsync();
        await _disk.DisposeAsync();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_full_disk_past_the_deadline_blacklists_nothing_and_the_revision_is_taken_once_there_is_space()
    {
        var good = Status.LastGood!.Id;
        _disk.Fill();

        Write(new string('x', 20_000));

        await Eventually.SucceedsAsync(() => Status.Conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == "DiskFull"));
        var since = TimeProvider.System.GetTimestamp();
        await Eventually.SucceedsAsync(() =>
        {
            // Passes go on well after the deadline, and none of them gives the revision up.
            (TimeProvider.System.GetElapsedTime(since) > 2 * Deadline).Should().BeTrue();
            _agent.Control.History(10)[0].Outcome.Should().Be(RevisionOutcome.InProgress);
        });
        Status.LastGood!.Id.Should().Be(good);

        _disk.Free();

        await Eventually.SucceedsAsync(
            () =>
            {
                Status.LastGood!.Id.Should().NotBe(good);
                Status.Conditions.Is(Condition.Degraded).Should().BeFalse();
            },
            Eventually.Slow);
        _agent.Control.History(10)[0].Outcome.Should().Be(RevisionOutcome.Succeeded);
    }

    [Fact]
    public async Task A_failed_revision_is_tried_again_by_hand_and_the_event_names_who_asked()
    {
        _folder.Write("manifests/more.yaml", Manifests.ConfigFile("more", $"{_disk.Path}/more", "x", "onChange: {run: [/nowhere/program]}\n"));
        await Eventually.SucceedsAsync(() => _agent.Control.History(10)[0].Outcome.Should().Be(RevisionOutcome.RolledBack), Eventually.Slow);
        var runs = _agent.Control.History(10).Length;

        await _agent.Control.ReconcileAsync(retry: true, new Operator("alice", "the program is there now"), CancellationToken.None);

        _agent.Control.History(10).Length.Should().BeGreaterThan(runs);
        _agent.Control.Events(0, 100, null).Should().Contain(e => e.Reason == "RetryRequested" && e.User == "alice" && e.Message.Contains("the program is there now"));
    }

    private void Write(string content) => _folder.Write("manifests/motd.yaml", Manifests.ConfigFile("motd", $"{_disk.Path}/motd", content));
}
