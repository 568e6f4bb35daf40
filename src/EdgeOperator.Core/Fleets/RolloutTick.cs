using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>A tick's work on a rollout: the devices beside what is remembered of them, and what comes of it.</summary>
internal sealed class RolloutTick
{
    private readonly ImmutableDictionary<string, RolloutDevice>.Builder _records;
    private readonly ImmutableArray<RolloutBatch>.Builder _batches;
    private readonly FleetDevice[] _devices;
    private readonly RolloutDevice[] _record;
    private readonly List<RolloutAction> _actions = [];

    public RolloutTick(RolloutPolicy policy, IReadOnlyCollection<FleetDevice> devices, Rollout rollout, DateTimeOffset now)
    {
        (Policy, Rollout, Now) = (policy, rollout, now);
        _devices = [.. devices];
        _record = new RolloutDevice[_devices.Length];
        _records = rollout.Devices.ToBuilder();
        _batches = rollout.Batches.ToBuilder();
    }

    public RolloutPolicy Policy { get; }

    public Rollout Rollout { get; set; }

    public DateTimeOffset Now { get; }

    /// <summary>Devices by their place; <see cref="RecordOf"/> goes by it too.</summary>
    public IReadOnlyList<FleetDevice> Devices => _devices;

    public IReadOnlyList<RolloutBatch> Batches => _batches;

    public int Last => _batches.Count - 1;

    public RolloutDevice RecordOf(int place) => _record[place];

    public void Set(int place, RolloutDevice record)
    {
        _record[place] = record;
        _records[_devices[place].Name] = record;
    }

    public void Set(int batch, RolloutBatch changed) => _batches[batch] = changed;

    /// <summary>Wants a twin to ask for a revision.</summary>
    public void Assign(int place, string revision) => _actions.Add(new(_devices[place].Name, revision));

    /// <summary>Takes in what devices report, who has joined and who has left.</summary>
    public void Observe()
    {
        for (var place = 0; place < _devices.Length; place++)
        {
            var device = _devices[place];
            var known = _records.TryGetValue(device.Name, out var record);
            record ??= new(-1, DeviceState.Pending, Now);
            var observed = DeviceProgress.Observe(Joined(record), device, this);
            _record[place] = observed;
            if (!known || observed != record)
                _records[device.Name] = observed;
        }

        if (_records.Count > _devices.Length)
            Forget();
    }

    public RolloutStep End(RolloutSlots slots, BatchGate gate)
    {
        var rollout = Rollout with { Batches = _batches.ToImmutable(), Devices = _records.ToImmutable() };
        var counts = RolloutCounts.Of(this);
        return new(rollout, [.. _actions.OrderBy(action => action.Device, StringComparer.Ordinal)], WaitText.Of(this, slots, gate, counts, _actions.Count), counts);
    }

    // Who comes once the last batch has begun belongs to it.
    private RolloutDevice Joined(RolloutDevice record) =>
        record.Batch < 0 && _batches[Last].HasStarted ? record with { Batch = Last } : record;

    private void Forget()
    {
        var present = _devices.Select(device => device.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in _records.Keys.Where(name => !present.Contains(name)).ToArray())
            _records.Remove(name);
    }
}
