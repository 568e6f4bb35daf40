using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Kinds.Lamp;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.Lamp;

/// <summary>A kind is a module: one that no file of the product knows of is observed, changed, described and pruned once it is registered.</summary>
public sealed class AddedKindTests : IAsyncLifetime
{
    private readonly LampDriver _lamps = new();
    private readonly RunningAgent _agent;

    public AddedKindTests() => _agent = new(DeviceKinds.Registered.Add(new LampKind(), _ => _lamps));

    [Fact]
    public async Task It_becomes_what_its_manifest_says_and_goes_with_it()
    {
        _agent.Write("Lamp", "red", "{colour: red, socket: E27}");
        await _agent.CommittedAsync("red");
        _lamps.Colours.Should().Equal(new Dictionary<string, string> { ["red"] = "red" });
        _agent.Control.Status.Resources.Single().State.Should().Be("shines red");
        (await _agent.PlanAsync()).Should().Be("No changes.\n");

        _agent.Remove("red");
        await _agent.CommittedAsync();
        await Eventually.SucceedsAsync(() => _lamps.Colours.Should().BeEmpty());
    }

    [Fact]
    public async Task What_it_does_by_itself_is_seen_and_mended()
    {
        _agent.Write("Lamp", "red", "{colour: red, socket: E27}");
        await _agent.CommittedAsync("red");

        _lamps.Switch("red", "green");

        await Eventually.SucceedsAsync(() => _lamps.Colours["red"].Should().Be("red"));
    }

    [Fact]
    public async Task Its_logs_are_to_be_had()
    {
        _agent.Write("Lamp", "red", "{colour: red, socket: E27}");
        await _agent.CommittedAsync("red");
        using var output = new MemoryStream();

        await _agent.Control.CopyLogsAsync(new("Lamp", "red"), new(Follow: false, null), output, CancellationToken.None);

        Encoding.UTF8.GetString(output.ToArray()).Should().Be("Lamp/red shines\n");
        (await FluentActions.Awaiting(() => _agent.Control.CopyLogsAsync(new("ConfigFile", "motd"), new(Follow: false, null), output, CancellationToken.None))
            .Should().ThrowAsync<ControlException>()).Which.Message.Should().Contain("EdgeModule").And.Contain("Lamp");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _agent.DisposeAsync().AsTask();
}

/// <summary>Lamps in memory.</summary>
internal sealed class LampDriver : IDriver, ILogSource
{
    private ImmutableSortedDictionary<string, string> _colours = ImmutableSortedDictionary<string, string>.Empty;
    private volatile Action<string>? _changed;

    public ImmutableSortedDictionary<string, string> Colours => Volatile.Read(ref _colours);

    /// <summary>Somebody else is at the switch.</summary>
    public void Switch(string lamp, string colour)
    {
        ImmutableInterlocked.Update(ref _colours, colours => colours.SetItem(lamp, colour));
        _changed?.Invoke($"{lamp} was switched");
    }

    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) =>
        Task.FromResult(observed.With(new ObservedLamps(Colours)));

    public ResourceStatus? Describe(Resource resource, ObservedState observed) =>
        new() { Kind = "Lamp", Name = resource.Id.Name, State = $"shines {LampPlanner.ColourOf(resource.Id, observed)}" };

    public bool Handles(Step step) => step is SwitchLamp or UnscrewLamp;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation)
    {
        ImmutableInterlocked.Update(ref _colours, colours => step is SwitchLamp lamp ? colours.SetItem(lamp.Resource.Name, lamp.Colour) : colours.Remove(step.Resource.Name));
        return Task.FromResult<StepOutcome>(new StepOutcome.Succeeded());
    }

    public async Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }

    public Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation) =>
        output.WriteAsync(Encoding.UTF8.GetBytes($"{resource} shines\n"), cancellation).AsTask();
}
