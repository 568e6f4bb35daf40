using System.Collections.Immutable;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Fleets;

/// <summary>A fleet whose devices do what a test says, and a rollout over it.</summary>
internal sealed class FleetSimulation(RolloutPolicy policy)
{
    public const string Old = "1111111111111111111111111111111111111111";
    public const string New = "2222222222222222222222222222222222222222";
    public const string Fix = "3333333333333333333333333333333333333333";

    public static readonly DateTimeOffset Monday = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    public SortedDictionary<string, FleetDevice> Devices { get; } = new(StringComparer.Ordinal);

    public RolloutPolicy Policy { get; set; } = policy;

    public DateTimeOffset Now { get; set; } = Monday;

    public Rollout Rollout { get; set; } = null!;

    public RolloutStep Step { get; private set; } = null!;

    public RolloutWait Wait => Step.Wait;

    /// <summary>Whom the last tick has told, in order.</summary>
    public IEnumerable<string> Told => Step.Actions.Select(action => action.Device);

    public static FleetSimulation Of(RolloutPolicy policy, int devices, Func<int, string>? labels = null)
    {
        var fleet = new FleetSimulation(policy);
        for (var i = 1; i <= devices; i++)
            fleet.Add($"till-{i}", labels?.Invoke(i) ?? "");
        return fleet;
    }

    public static DeviceSelector Selector(string key, string value) => new(ImmutableSortedDictionary<string, string>.Empty.Add(key, value), []);

    /// <param name="labels">Such as <c>site=berlin,ring=canary</c>.</param>
    public FleetSimulation Add(string name, string labels = "", bool isConnected = true)
    {
        Devices[name] = new(name, labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToImmutableSortedDictionary(label => label[0], label => label[1]))
        {
            IsConnected = isConnected,
            Assigned = Old,
            Applied = Old,
            IsReady = true,
            IsAvailable = true,
        };
        return this;
    }

    /// <summary>Begins a rollout, and lets it tick once.</summary>
    public FleetSimulation Start(string revision = New)
    {
        Rollout = RolloutEngine.Start("tills", Policy, revision, Rollout, Now);
        return Tick();
    }

    /// <summary>Ticks once, and writes the twins.</summary>
    public FleetSimulation Tick(TimeSpan after = default)
    {
        Now += after;
        Step = RolloutEngine.Tick(Policy, Devices.Values, Rollout, Now);
        Rollout = Step.Rollout;
        foreach (var action in Step.Actions)
            Devices[action.Device] = Devices[action.Device] with { Assigned = action.Revision };
        return this;
    }

    /// <summary>Has devices report what they were given, and Ready.</summary>
    public FleetSimulation Succeed(params IEnumerable<string> devices)
    {
        foreach (var name in devices.ToList())
            Devices[name] = Devices[name] with { Applied = Devices[name].Assigned, IsReady = true, IsAvailable = true, Failure = null, Message = null };
        return Tick();
    }

    /// <summary>Has devices give up on what they were given, and go back by themselves.</summary>
    public FleetSimulation Fail(params IEnumerable<string> devices)
    {
        foreach (var name in devices.ToList())
            Devices[name] = Devices[name] with { IsReady = false, IsAvailable = true, Failure = "web is unhealthy", Message = "web is unhealthy" };
        return Tick();
    }

    public FleetSimulation SetConnected(bool isConnected, params IEnumerable<string> devices)
    {
        foreach (var name in devices.ToList())
            Devices[name] = Devices[name] with { IsConnected = isConnected };
        return Tick();
    }

    /// <summary>Goes on with what devices are told, all of them succeeding, until nothing is told any more.</summary>
    public FleetSimulation SucceedAll()
    {
        while (Step.Actions.Length > 0)
            Succeed(Told);
        return this;
    }

    public FleetSimulation Order(Func<Rollout, OrderResult> order)
    {
        var result = order(Rollout);
        result.Refusal.Should().BeNull();
        Rollout = result.Rollout!;
        return Tick();
    }

    public DeviceState StateOf(string device) => Rollout.Devices[device].State;

    public IEnumerable<string> MembersOf(int batch) => Rollout.Devices.Where(device => device.Value.Batch == batch).Select(device => device.Key).Order(StringComparer.Ordinal);
}
