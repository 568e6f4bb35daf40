using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>Says in words what a rollout is doing or waits for, with numbers and names.</summary>
internal static class WaitText
{
    public static RolloutWait Of(RolloutTick tick, RolloutSlots slots, BatchGate gate, ImmutableArray<BatchCounts> counts, int actions)
    {
        var rollout = tick.Rollout;
        return rollout.State switch
        {
            RolloutState.Paused => new(rollout.HasFailed ? WaitReason.ThresholdMissed : WaitReason.Paused, rollout.Cause!),
            RolloutState.Aborted or RolloutState.Superseded => new(WaitReason.Ended, rollout.Cause!),
            _ when actions > 0 => new(WaitReason.Moving, $"{Words.Count(actions, "device")} {(actions == 1 ? "is" : "are")} being told"),
            RolloutState.RollingBack or RolloutState.RolledBack => Back(tick, slots),
            _ when Held(slots, gate) is { } held => held,
            _ when gate.Wait is { } wait => wait,
            RolloutState.Progressing => Batch(tick, counts),
            _ => Done(tick, counts),
        };
    }

    private static RolloutWait? Held(RolloutSlots slots, BatchGate gate) => slots.HeldBy switch
    {
        WaitReason.Window => new(WaitReason.Window, $"devices wait for a maintenance window: {gate.Window.Next}"),
        WaitReason.Jitter => new(WaitReason.Jitter, $"devices begin each at its own time, the next one at {Words.Time(slots.NextStart!.Value)}"),
        { } reason => new(reason, string.Join("; ", slots.Held.OrderBy(held => held.Key, StringComparer.Ordinal).Take(MostGroups).Select(held => $"{held.Key}, {Words.Count(held.Value.Count, "device")} {(held.Value.Count == 1 ? "waits" : "wait")}"))
            + (slots.Held.Count > MostGroups ? $"; and {slots.Held.Count - MostGroups} more groups" : "")),
        null => null,
    };

    private const int MostGroups = 3;

    private static RolloutWait Batch(RolloutTick tick, ImmutableArray<BatchCounts> counts)
    {
        var current = Enumerable.Range(0, tick.Batches.Count).First(batch => !tick.Batches[batch].IsOver);
        var batch = tick.Batches[current];
        if (counts[current] is { Updating: 0, Pending: 0 } && batch.PassedAt is { } passed)
            return new(WaitReason.Soak, $"batch {batch.Name} has passed ({counts[current].Updated} of {Words.Count(counts[current].Judged, "device")}), and must stay so for {Words.Span(batch.Soak)}: {Words.Span(passed + batch.Soak - tick.Now)} left");
        var updating = Enumerable.Range(0, tick.Devices.Count).Where(place => tick.RecordOf(place) is { State: DeviceState.Updating } record && record.Batch == current).ToList();
        return new(WaitReason.Updating, $"{updating.Count} of {Words.Count(counts[current].Judged, "device")} in batch {batch.Name} {(updating.Count == 1 ? "is" : "are")} updating: {Updating(tick, updating)}");
    }

    // Who is busy for the longest is named first.
    private static string Updating(RolloutTick tick, List<int> places)
    {
        var named = places.OrderBy(place => tick.RecordOf(place).Since).ThenBy(place => tick.Devices[place].Name, StringComparer.Ordinal).Take(3)
            .Select(place => $"{tick.Devices[place].Name} for {Words.Span(tick.Now - tick.RecordOf(place).Since)}{(tick.Devices[place].IsConnected ? "" : " (offline)")}");
        return $"{string.Join(", ", named)}{(places.Count > 3 ? $" and {places.Count - 3} more" : "")}; each has {Words.Span(tick.Policy.UpdateTimeout)}";
    }

    private static RolloutWait Back(RolloutTick tick, RolloutSlots slots)
    {
        if (slots.HeldBy is { } reason && slots.Held.Count > 0)
            return new(reason, $"going back: {string.Join("; ", slots.Held.Keys.Order(StringComparer.Ordinal).Take(MostGroups))}");
        var busy = Enumerable.Range(0, tick.Devices.Count).Where(place => tick.RecordOf(place).State == DeviceState.RollingBack).ToList();
        if (busy.Count > 0)
            return new(WaitReason.Updating, $"{Words.Count(busy.Count, "device")} {(busy.Count == 1 ? "goes" : "go")} back: {Updating(tick, busy)}");
        var places = Enumerable.Range(0, tick.Devices.Count).ToList();
        var back = places.Count(place => tick.RecordOf(place).State == DeviceState.RolledBack);
        var offline = places.Where(place => RolloutSlots.GoesBack(tick.RecordOf(place), tick.Rollout.Revision)).Select(place => tick.Devices[place].Name).ToList();
        var first = places.Where(place => tick.RecordOf(place) is { Goal: not null, Previous: null }).Select(place => tick.Devices[place].Name).ToList();
        return new(offline.Count > 0 ? WaitReason.Offline : WaitReason.Ended,
            $"{Words.Count(back, "device")} went back to what {(back == 1 ? "it" : "they")} had: {tick.Rollout.Cause}"
            + (offline.Count > 0 ? $"; {Words.Names(offline)} will when {(offline.Count == 1 ? "it returns" : "they return")}" : "")
            + (first.Count > 0 ? $"; {Words.Names(first)} had nothing before and {(first.Count == 1 ? "stays" : "stay")}" : ""));
    }

    private static RolloutWait Done(RolloutTick tick, ImmutableArray<BatchCounts> counts)
    {
        var (updated, all) = (counts.Sum(batch => batch.Updated), tick.Devices.Count);
        var waiting = Enumerable.Range(0, all).Where(place => tick.RecordOf(place).State is DeviceState.Pending or DeviceState.Finishing).Select(place => tick.Devices[place].Name).ToList();
        var other = all - updated - waiting.Count;
        var message = $"{updated} of {Words.Count(all, "device")} {(updated == 1 ? "has" : "have")} {Words.Revision(tick.Rollout.Revision)}{(other > 0 ? $", {other} not Ready with it" : "")}";
        return waiting.Count == 0
            ? new(WaitReason.Completed, message)
            : new(WaitReason.Offline, $"{message}; {Words.Names(waiting)} {(waiting.Count == 1 ? "is offline and gets it when it returns" : "are offline and get it when they return")}");
    }
}
