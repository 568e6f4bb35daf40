using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>Begins and ends batches: each by its own threshold, the last one too.</summary>
internal sealed class BatchGate(RolloutTick tick)
{
    /// <summary>Whether something may begin now, and when it may next.</summary>
    public RolloutWindow Window { get; } = new(tick.Policy.Windows, tick.Now);

    /// <summary>Why the next batch does not begin; null when it is not that.</summary>
    public RolloutWait? Wait { get; private set; }

    public void Advance()
    {
        if (tick.Rollout.State == RolloutState.Progressing)
            AdvanceBatches();
        else if (tick.Rollout.State == RolloutState.Completed)
            JudgeLate();
        else if (tick.Rollout.State == RolloutState.RollingBack && AreAllBack())
            tick.Rollout = tick.Rollout with { State = RolloutState.RolledBack, EndedAt = tick.Now };
    }

    private void AdvanceBatches()
    {
        for (var batch = 0; batch < tick.Batches.Count; batch++)
        {
            if (tick.Batches[batch].IsOver)
                continue;
            if (!tick.Batches[batch].HasStarted && !Begin(batch))
                return;
            if (!tick.Batches[batch].IsOver && !End(batch))
                return;
        }

        tick.Rollout = tick.Rollout with { State = RolloutState.Completed, EndedAt = tick.Rollout.EndedAt ?? tick.Now };
    }

    private bool Begin(int batch)
    {
        var waiting = tick.Batches[batch];
        var members = BatchMembers.Of(tick, batch);
        if (members.IsNothing)
        {
            tick.Set(batch, waiting with { State = BatchState.Completed, StartedAt = tick.Now, EndedAt = tick.Now });
            return true;
        }

        if (waiting.Approval == Approval.Manual && !waiting.IsApproved)
            return Awaits(WaitReason.Approval, $"batch {waiting.Name} waits for approval");
        if (!Window.IsOpen)
            return Awaits(WaitReason.Window, $"batch {waiting.Name} waits for a maintenance window: {Window.Next}");
        if (members.Problem is { } problem)
            return Awaits(WaitReason.NoDevices, problem);
        foreach (var place in members.Take(tick))
            tick.Set(place, tick.RecordOf(place) with { Batch = batch });
        tick.Set(batch, waiting with { State = BatchState.Active, StartedAt = tick.Now });
        return true;
    }

    /// <returns>Whether it is over.</returns>
    private bool End(int batch)
    {
        var active = tick.Batches[batch];
        var counts = RolloutCounts.Of(tick)[batch];
        if (IsMissed(counts.Judged - (counts.Failed - counts.Excused), counts.Judged, active.SuccessThreshold))
        {
            Fail(active, counts);
            return false;
        }

        if (counts.Pending + counts.Updating > 0)
            return false;
        if (counts is { Judged: 0, Excused: 0, Offline: > 0 } && !IsProven(batch))
            return Awaits(WaitReason.Offline, $"all of {Words.Count(counts.Offline, "device")} of batch {active.Name} are offline");
        if (active.PassedAt is null)
            tick.Set(batch, active = active with { State = BatchState.Soaking, PassedAt = tick.Now });
        if (tick.Now - active.PassedAt < active.Soak)
            return false;
        tick.Set(batch, active with { State = BatchState.Completed, EndedAt = tick.Now });
        return true;
    }

    // Devices that are all offline say nothing of a revision; those that are left when others have proven it just get it later.
    private bool IsProven(int batch) => batch == tick.Last && Enumerable.Range(0, tick.Devices.Count).Any(place => tick.RecordOf(place) is { State: DeviceState.Updated, Batch: >= 0 });

    private void Fail(RolloutBatch batch, BatchCounts counts)
    {
        var message = $"{Words.Count(counts.Failed - counts.Excused, "device")} of {counts.Judged} in batch {batch.Name} failed, and {batch.SuccessThreshold} % must succeed: {Failures(tick.Batches.ToImmutableArray().IndexOf(batch), onlyLate: false)}";
        tick.Rollout = tick.Rollout with
        {
            State = tick.Policy.OnFailure == FailureAction.RollBack ? RolloutState.RollingBack : RolloutState.Paused,
            Cause = message,
            HasFailed = true,
        };
    }

    // A fleet whose devices have the revision is not stopped by what befalls one of them later, but by what the revision does to newcomers.
    private void JudgeLate()
    {
        var (failed, judged) = (0, 0);
        for (var place = 0; place < tick.Devices.Count; place++)
        {
            if (tick.RecordOf(place) is not { IsLate: true, IsExcused: false } record || record.State == DeviceState.Pending)
                continue;
            judged++;
            failed += record.State is DeviceState.Failed or DeviceState.TimedOut ? 1 : 0;
        }

        var last = tick.Batches[tick.Last];
        if (!IsMissed(judged - failed, judged, last.SuccessThreshold))
            return;
        tick.Rollout = tick.Rollout with
        {
            State = RolloutState.Paused,
            HasFailed = true,
            Cause = $"{failed} of {Words.Count(judged, "device")} that came later failed, and {last.SuccessThreshold} % must succeed: {Failures(tick.Last, onlyLate: true)}",
        };
    }

    private string Failures(int batch, bool onlyLate)
    {
        var failed = Enumerable.Range(0, tick.Devices.Count)
            .Where(place => tick.RecordOf(place) is { IsExcused: false, State: DeviceState.Failed or DeviceState.TimedOut } record && (onlyLate ? record.IsLate : record.Batch == batch))
            .Select(place => (tick.Devices[place].Name, tick.RecordOf(place).Message))
            .OrderBy(device => device.Name, StringComparer.Ordinal).ToList();
        return $"{Words.Names(failed.Select(device => device.Name))} ({failed[0].Message})";
    }

    private bool AreAllBack()
    {
        for (var place = 0; place < tick.Devices.Count; place++)
            if (tick.RecordOf(place).State == DeviceState.RollingBack || (tick.Devices[place].IsConnected && RolloutSlots.GoesBack(tick.RecordOf(place), tick.Rollout.Revision)))
                return false;
        return true;
    }

    private static bool IsMissed(int good, int all, int threshold) => all > 0 && good * 100L < (long)threshold * all;

    private bool Awaits(WaitReason reason, string message)
    {
        Wait = new(reason, message);
        return false;
    }
}
