namespace EdgeOperator.Core.Fleets;

/// <summary>How far a device is, by what it reports.</summary>
internal static class DeviceProgress
{
    public static RolloutDevice Observe(RolloutDevice record, FleetDevice device, RolloutTick tick) => record.State switch
    {
        DeviceState.Pending => Found(record, device, tick),
        DeviceState.Finishing => Finishing(record, device, tick.Now),
        DeviceState.RolledBack when device.Assigned != record.Goal => To(record, DeviceState.RollingBack, tick.Now),
        DeviceState.RolledBack => record,
        _ => Given(record, device, tick),
    };

    // It has the revision already: nothing is to be done to it.
    private static RolloutDevice Found(RolloutDevice record, FleetDevice device, RolloutTick tick)
    {
        var revision = tick.Rollout.Revision;
        return record.Batch >= 0 && device.Has(revision) ? To(record with { Goal = revision }, DeviceState.Updated, tick.Now) : record;
    }

    // Whether in time or not: as long as it does not say how it ended with what its twin asks for, it may be away from its work.
    private static RolloutDevice Finishing(RolloutDevice record, FleetDevice device, DateTimeOffset now) =>
        device.Assigned is not { } assigned || device.Failure is not null ? Free(record, now)
        : device.Has(assigned) ? Free(record with { Previous = null }, now)
        : record with { State = DeviceState.Finishing, Goal = assigned };

    private static RolloutDevice Given(RolloutDevice record, FleetDevice device, RolloutTick tick)
    {
        var goal = record.Goal!;
        var isBack = goal != tick.Rollout.Revision;
        if (device.Assigned != goal)
            return Unassigned(record, device, tick);
        if (device.Has(goal))
            return To(record, isBack ? DeviceState.RolledBack : DeviceState.Updated, tick.Now) with { Message = null };
        if (device.Failure is { } failure)
            return To(record, DeviceState.Failed, tick.Now) with { Message = failure };

        // It was Ready, or failed, and now says neither: it gets its time once more.
        if (record is { State: DeviceState.Updated or DeviceState.Failed, IsExcused: false })
            return To(record, isBack ? DeviceState.RollingBack : DeviceState.Updating, tick.Now) with { Message = device.Message };
        return record.State is DeviceState.Updating or DeviceState.RollingBack && tick.Now - record.Since >= tick.Policy.UpdateTimeout
            ? To(record, DeviceState.TimedOut, tick.Now) with { Message = TimeoutOf(device, tick, isBack) }
            : record;
    }

    // Its twin was not written, or somebody else has written it since.
    private static RolloutDevice Unassigned(RolloutDevice record, FleetDevice device, RolloutTick tick)
    {
        if (record.State is DeviceState.Updating or DeviceState.RollingBack)
        {
            if (tick.Rollout.State is RolloutState.Paused or RolloutState.Aborted && record.State == DeviceState.Updating)
                return Finishing(record, device, tick.Now);
            return record;
        }

        return record.IsExcused || tick.Rollout.State is RolloutState.RollingBack or RolloutState.RolledBack ? record : Free(record, tick.Now);
    }

    private static string TimeoutOf(FleetDevice device, RolloutTick tick, bool isBack) =>
        $"{(isBack ? "it did not go back" : "it did not report the revision and Ready")} within {Words.Span(tick.Policy.UpdateTimeout)}{(device.IsConnected ? "" : ", and is offline")}{(device.Message is { Length: > 0 } message ? $": {message}" : "")}";

    private static RolloutDevice Free(RolloutDevice record, DateTimeOffset now) => To(record with { Goal = null, Message = null }, DeviceState.Pending, now);

    private static RolloutDevice To(RolloutDevice record, DeviceState state, DateTimeOffset now) => record.State == state
        ? record
        : record with
        {
            State = state,
            Since = now,
            IsExcused = record.IsExcused && state is (DeviceState.Failed or DeviceState.TimedOut),
            HasSettled = state != DeviceState.Pending && (record.HasSettled || state is DeviceState.Updated or DeviceState.Failed or DeviceState.RolledBack),
        };
}
