namespace EdgeOperator.Core.Fleets;

/// <summary>Gives devices the revision, or what they had before: as many as windows, budget and downloads allow.</summary>
internal sealed class RolloutSlots
{
    private readonly RolloutTick _tick;
    private readonly RolloutWindow _window;
    private readonly GroupLimits _limits;

    public RolloutSlots(RolloutTick tick, RolloutWindow window)
    {
        (_tick, _window) = (tick, window);
        _limits = new(tick);
    }

    /// <summary>Devices that could begin and may not, by what holds them.</summary>
    public Dictionary<string, List<string>> Held { get; } = new(StringComparer.Ordinal);

    public WaitReason? HeldBy { get; private set; }

    /// <summary>When the first device that waits for its own time begins.</summary>
    public DateTimeOffset? NextStart { get; private set; }

    /// <summary>It has something that this rollout gave it, and something to go back to.</summary>
    public static bool GoesBack(RolloutDevice record, string revision) =>
        record.Goal == revision && record.Previous is not null && record.Previous != revision && record.State is DeviceState.Updating or DeviceState.Updated or DeviceState.Failed or DeviceState.TimedOut;

    public void Take()
    {
        Repeat();
        if (_tick.Rollout.State is RolloutState.RollingBack or RolloutState.RolledBack)
            Give(place => GoesBack(_tick.RecordOf(place), _tick.Rollout.Revision), isBack: true);
        else if (_tick.Rollout.State is RolloutState.Progressing or RolloutState.Completed)
            Give(IsNext, isBack: false);
    }

    // A slot was taken and stored, and the twin does not say so yet.
    private void Repeat()
    {
        if (_tick.Rollout.State is RolloutState.Paused or RolloutState.Aborted or RolloutState.Superseded)
            return;
        for (var place = 0; place < _tick.Devices.Count; place++)
            if (_tick.RecordOf(place) is { State: DeviceState.Updating or DeviceState.RollingBack, Goal: { } goal } && _tick.Devices[place].Assigned != goal)
                _tick.Assign(place, goal);
    }

    private bool IsNext(int place) =>
        _tick.RecordOf(place) is { Batch: >= 0, State: DeviceState.Pending or DeviceState.Finishing } record && _tick.Batches[record.Batch].HasStarted;

    private void Give(Func<int, bool> isWanted, bool isBack)
    {
        var places = new List<int>();
        for (var place = 0; place < _tick.Devices.Count; place++)
            if (_tick.Devices[place].IsConnected && isWanted(place))
                places.Add(place);
        if (places.Count == 0)
            return;
        if (!isBack && !_window.IsOpen)
        {
            HeldBy = WaitReason.Window;
            return;
        }

        DeviceOrder.Sort(places, _tick.Rollout.Fleet, _tick.Devices);
        foreach (var place in places)
            Give(place, isBack);
    }

    private void Give(int place, bool isBack)
    {
        var record = _tick.RecordOf(place);
        if (!isBack && StartOf(place, record) is var start && start > _tick.Now)
        {
            HeldBy ??= WaitReason.Jitter;
            NextStart = NextStart < start ? NextStart : start;
            return;
        }

        if (_limits.Obstacle(place) is { } obstacle)
        {
            HeldBy = HeldBy is null or WaitReason.Jitter ? obstacle.Reason : HeldBy;
            if (!Held.TryGetValue(obstacle.Message, out var held))
                Held[obstacle.Message] = held = [];
            held.Add(_tick.Devices[place].Name);
            return;
        }

        var device = _tick.Devices[place];
        var goal = isBack ? record.Previous! : _tick.Rollout.Revision;
        _tick.Set(place, record with
        {
            State = isBack ? DeviceState.RollingBack : DeviceState.Updating,
            Since = _tick.Now,
            HasSettled = false,
            IsExcused = false,
            Goal = goal,
            Previous = record.Previous ?? device.Applied ?? device.Assigned,
            Message = isBack ? record.Message : null,
            IsLate = record.IsLate || _tick.Rollout.State == RolloutState.Completed,
        });
        _limits.Take(place);
        _tick.Assign(place, goal);
    }

    private DateTimeOffset StartOf(int place, RolloutDevice record)
    {
        var jitter = _tick.Policy.Jitter;
        var began = _tick.Batches[record.Batch].StartedAt!.Value;
        return jitter <= TimeSpan.Zero ? began : began + TimeSpan.FromTicks((long)(DeviceOrder.Of(_tick.Rollout.Id, _tick.Devices[place].Name) % (ulong)jitter.Ticks));
    }
}
