using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>
/// Moves a revision over the devices of a fleet. Everything that it decides follows from what it is given, so that whoever has the
/// stored rollout goes on where another one stopped. What it wants done is to be done after the rollout has been stored: a device
/// that was given a slot and whose twin was not written is named again.
/// </summary>
public static class RolloutEngine
{
    /// <summary>A rollout of a revision, before its first tick.</summary>
    /// <param name="before">The fleet's rollout until now, whose place it takes; null for the first.</param>
    public static Rollout Start(string fleet, RolloutPolicy policy, string revision, Rollout? before, DateTimeOffset now) => new(fleet, (before?.Number ?? 0) + 1, revision, now)
    {
        Batches = [.. policy.Batches.Select(batch => Batch(batch, policy)), Batch(new(LastBatch(policy)), policy)],
        Devices = before is null ? Empty : before.Devices.ToImmutableDictionary(device => device.Key, device => Carried(device.Value, now), StringComparer.Ordinal),
    };

    /// <summary>The rollout that another revision has taken the place of.</summary>
    public static Rollout Supersede(Rollout rollout, string revision, DateTimeOffset now) => rollout with
    {
        State = RolloutState.Superseded,
        Cause = $"{FleetRevision.CommitOf(revision)} has taken its place",
        EndedAt = rollout.EndedAt ?? now,
    };

    /// <param name="devices">All devices of the fleet, each once.</param>
    public static RolloutStep Tick(RolloutPolicy policy, IReadOnlyCollection<FleetDevice> devices, Rollout rollout, DateTimeOffset now)
    {
        var tick = new RolloutTick(policy, devices, rollout, now);
        tick.Observe();
        var gate = new BatchGate(tick);
        gate.Advance();
        var slots = new RolloutSlots(tick, gate.Window);
        slots.Take();
        return tick.End(slots, gate);
    }

    private static ImmutableDictionary<string, RolloutDevice> Empty { get; } = ImmutableDictionary.Create<string, RolloutDevice>(StringComparer.Ordinal);

    private static RolloutBatch Batch(BatchPolicy batch, RolloutPolicy policy) =>
        new(batch.Name, batch.Selector, batch.Limit, batch.SuccessThreshold ?? policy.SuccessThreshold, batch.Soak ?? policy.Soak, batch.Approval ?? policy.Approval);

    private static string LastBatch(RolloutPolicy policy)
    {
        var name = policy.Batches.IsEmpty ? "all" : "rest";
        while (policy.Batches.Any(batch => batch.Name == name))
            name += "-of-all";
        return name;
    }

    // A device that is not done with what it was given still counts as away from its work, and what it had before is what it goes back to.
    private static RolloutDevice Carried(RolloutDevice device, DateTimeOffset now) =>
        device.IsBusy ? device with { Batch = -1, State = DeviceState.Finishing, IsLate = false }
        : new RolloutDevice(-1, DeviceState.Pending, now) { Previous = device.State == DeviceState.Updated ? null : device.Previous };
}
