using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Fleets;

/// <summary>One revision on its way over a fleet: all that must be remembered of it.</summary>
/// <param name="Number">1 for a fleet's first.</param>
/// <param name="Revision">What devices report once they have it.</param>
public sealed record Rollout(string Fleet, int Number, string Revision, DateTimeOffset CreatedAt)
{
    public string Id => $"{Fleet}-{Number}";

    public RolloutState State { get; init; }

    /// <summary>Why it is in a state that somebody or something brought about; null for <see cref="RolloutState.Progressing"/>.</summary>
    public string? Cause { get; init; }

    /// <summary>It is paused because devices failed, not because somebody wanted it.</summary>
    public bool HasFailed { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>As they were when the rollout began; the last one takes all that no other does.</summary>
    public ImmutableArray<RolloutBatch> Batches { get; init; } = [];

    public ImmutableDictionary<string, RolloutDevice> Devices { get; init; } = ImmutableDictionary.Create<string, RolloutDevice>(StringComparer.Ordinal);

    /// <summary>The batch that is under way or comes next; the number of batches when all are over.</summary>
    public int CurrentBatch
    {
        get
        {
            var current = 0;
            while (current < Batches.Length && Batches[current].IsOver)
                current++;
            return current;
        }
    }

    /// <summary>Nothing begins any more but by somebody's order, or for another revision.</summary>
    public bool IsOver => State is RolloutState.Aborted or RolloutState.Superseded;
}

public enum RolloutState
{
    Progressing,

    /// <summary>By somebody, or because a batch missed its threshold.</summary>
    Paused,

    /// <summary>Devices that return or join still get the revision.</summary>
    Completed,
    Aborted,
    RollingBack,
    RolledBack,

    /// <summary>Another revision has taken its place.</summary>
    Superseded,
}

/// <param name="Selector">Null for every device.</param>
/// <param name="Limit">Null for all that the selector takes.</param>
/// <param name="SuccessThreshold">In percent.</param>
public sealed record RolloutBatch(string Name, DeviceSelector? Selector, Amount? Limit, int SuccessThreshold, TimeSpan Soak, Approval Approval)
{
    public BatchState State { get; init; }

    public bool IsApproved { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When all devices were done and enough of them had the revision: the soak time counts from here.</summary>
    public DateTimeOffset? PassedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore]
    public bool HasStarted => State != BatchState.Waiting;

    [JsonIgnore]
    public bool IsOver => State is BatchState.Completed or BatchState.Skipped;
}

public enum BatchState
{
    Waiting,
    Active,
    Soaking,
    Completed,
    Skipped,
}

/// <summary>What a rollout remembers of a device.</summary>
/// <param name="Batch">Its batch, which does not change once that has begun; -1 while it has none.</param>
/// <param name="Since">When it came into <paramref name="State"/>.</param>
public sealed record RolloutDevice(int Batch, DeviceState State, DateTimeOffset Since)
{
    /// <summary>The revision that it was given; null while it was given none.</summary>
    public string? Goal { get; init; }

    /// <summary>The revision that it goes back to; null when there is none.</summary>
    public string? Previous { get; init; }

    /// <summary>Why it has failed.</summary>
    public string? Message { get; init; }

    /// <summary>Somebody has decided to go on in spite of it: it is counted neither by the gate nor by the budget.</summary>
    public bool IsExcused { get; init; }

    /// <summary>It was given the revision after the last batch had ended.</summary>
    public bool IsLate { get; init; }

    /// <summary>It has said how it ended with what it was given; what befalls it later is its own affair.</summary>
    public bool HasSettled { get; init; }

    /// <summary>It is away from its work because of a rollout, as far as is known.</summary>
    [JsonIgnore]
    public bool IsBusy => !IsExcused && !HasSettled && State is DeviceState.Updating or DeviceState.TimedOut or DeviceState.RollingBack or DeviceState.Finishing;
}

public enum DeviceState
{
    /// <summary>It has not been given the revision.</summary>
    Pending,

    /// <summary>It was given the revision, and has not reported it and Ready.</summary>
    Updating,
    Updated,
    Failed,

    /// <summary>It was given the revision, and has said for too long neither that it has it nor that it failed.</summary>
    TimedOut,
    RollingBack,
    RolledBack,

    /// <summary>It is still busy with what an earlier rollout gave it.</summary>
    Finishing,
}

/// <summary>What a rollout wants done: the device's twin is to ask for the revision. Doing it twice changes nothing.</summary>
public sealed record RolloutAction(string Device, string Revision);

/// <summary>Why nothing moves, or what is awaited.</summary>
public sealed record RolloutWait(WaitReason Reason, string Message);

public enum WaitReason
{
    /// <summary>Something has just been done.</summary>
    Moving,
    Updating,
    Soak,
    Approval,
    Window,
    Budget,
    Downloads,
    Jitter,
    NoDevices,
    Offline,
    Paused,
    ThresholdMissed,
    Ended,
    Completed,
}

/// <summary>How many devices of a batch are how far.</summary>
public sealed record BatchCounts
{
    public int Pending { get; init; }

    /// <summary>Not given the revision, and not connected; not in <see cref="Pending"/>.</summary>
    public int Offline { get; init; }

    public int Updating { get; init; }

    public int Updated { get; init; }

    /// <summary>Failed, timed out among them.</summary>
    public int Failed { get; init; }

    /// <summary>Of those that failed, the ones that the gate does not count.</summary>
    public int Excused { get; init; }

    public int RolledBack { get; init; }

    /// <summary>Those that the gate judges.</summary>
    [JsonIgnore]
    public int Judged => Pending + Updating + Updated + Failed - Excused;

    [JsonIgnore]
    public int All => Pending + Offline + Updating + Updated + Failed + RolledBack;
}

/// <summary>What a tick comes to.</summary>
/// <param name="Actions">In a fixed order.</param>
/// <param name="Counts">One for each batch.</param>
public sealed record RolloutStep(Rollout Rollout, ImmutableArray<RolloutAction> Actions, RolloutWait Wait, ImmutableArray<BatchCounts> Counts);
