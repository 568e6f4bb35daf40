using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>What somebody's order comes to.</summary>
/// <param name="Rollout">Null exactly when it is refused.</param>
/// <param name="Refusal">Why, and what can be done instead.</param>
public sealed record OrderResult(Rollout? Rollout, string? Refusal)
{
    public static OrderResult Refused(string why) => new(null, why);
}

/// <summary>What people may order a rollout to do. Names and reasons are theirs, for whoever looks at it later.</summary>
public static class RolloutOrders
{
    public static OrderResult Pause(Rollout rollout, string by) => rollout.State is RolloutState.Progressing or RolloutState.Completed
        ? new(rollout with { State = RolloutState.Paused, Cause = $"paused {by}", HasFailed = false }, null)
        : Refused(rollout, "paused");

    /// <summary>Goes on. Devices that have failed so far count neither for the gate nor for the budget any more.</summary>
    public static OrderResult Resume(Rollout rollout) => rollout.State == RolloutState.Paused
        ? new(rollout with { State = RolloutState.Progressing, Cause = null, HasFailed = false, Devices = rollout.HasFailed ? Excused(rollout, _ => true) : rollout.Devices }, null)
        : Refused(rollout, "resumed");

    public static OrderResult Approve(Rollout rollout)
    {
        var current = rollout.CurrentBatch;
        if (rollout.State is not (RolloutState.Progressing or RolloutState.Paused) || current == rollout.Batches.Length)
            return Refused(rollout, "approved");
        var batch = rollout.Batches[current];
        return batch is { Approval: Approval.Manual, IsApproved: false, HasStarted: false }
            ? new(rollout with { Batches = rollout.Batches.SetItem(current, batch with { IsApproved = true }) }, null)
            : OrderResult.Refused($"batch {batch.Name} of {rollout.Id} waits for no approval: it is {batch.State}");
    }

    /// <summary>
    /// Goes on without the rest of the batch that is under way or comes next, and without judging it. Its devices that were not given the
    /// revision are taken by later batches.
    /// </summary>
    public static OrderResult Skip(Rollout rollout, DateTimeOffset now)
    {
        var current = rollout.CurrentBatch;
        if (rollout.State is not (RolloutState.Progressing or RolloutState.Paused) || current == rollout.Batches.Length)
            return Refused(rollout, "skipped");
        var last = rollout.Batches.Length - 1;
        var devices = Excused(rollout, device => device.Batch == current);
        return new(
            rollout with
            {
                State = RolloutState.Progressing,
                Cause = null,
                HasFailed = false,
                Batches = rollout.Batches.SetItem(current, rollout.Batches[current] with { State = BatchState.Skipped, StartedAt = rollout.Batches[current].StartedAt ?? now, EndedAt = now }),
                Devices = current == last ? devices : devices.ToImmutableDictionary(
                    device => device.Key,
                    device => device.Value.Batch == current && device.Value.State is DeviceState.Pending or DeviceState.Finishing ? device.Value with { Batch = -1 } : device.Value,
                    StringComparer.Ordinal),
            },
            null);
    }

    /// <summary>Nothing more begins; what devices have, they keep.</summary>
    public static OrderResult Abort(Rollout rollout, string by, DateTimeOffset now) =>
        rollout.IsOver || rollout.State == RolloutState.Completed ? Refused(rollout, "aborted") : new(rollout with { State = RolloutState.Aborted, Cause = $"aborted {by}", EndedAt = now }, null);

    /// <summary>Devices that were given the revision get back what each had.</summary>
    public static OrderResult RollBack(Rollout rollout, string by)
    {
        if (rollout.State is RolloutState.RollingBack or RolloutState.RolledBack or RolloutState.Superseded)
            return Refused(rollout, "rolled back");
        return rollout.Devices.Values.Any(device => RolloutSlots.GoesBack(device, rollout.Revision))
            ? new(rollout with { State = RolloutState.RollingBack, Cause = $"rolled back {by}", EndedAt = null }, null)
            : OrderResult.Refused($"{rollout.Id} can't be rolled back: no device that it has given {Words.Revision(rollout.Revision)} had anything before");
    }

    private static OrderResult Refused(Rollout rollout, string verb) => OrderResult.Refused($"{rollout.Id} can't be {verb}: it is {rollout.State}{(rollout.Cause is { } cause ? $" ({cause})" : "")}");

    private static ImmutableDictionary<string, RolloutDevice> Excused(Rollout rollout, Func<RolloutDevice, bool> which) => rollout.Devices.SetItems(
        rollout.Devices.Where(device => which(device.Value) && device.Value is { IsExcused: false, State: DeviceState.Failed or DeviceState.TimedOut })
            .Select(device => KeyValuePair.Create(device.Key, device.Value with { IsExcused = true })));
}
