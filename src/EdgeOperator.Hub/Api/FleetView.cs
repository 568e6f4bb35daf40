using System.Text.Json.Nodes;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Fleets;

namespace EdgeOperator.Hub.Api;

/// <param name="Spec">As a manifest of kind Fleet has it.</param>
internal sealed record FleetBody(JsonObject Spec);

/// <summary>A fleet and how far its rollout is.</summary>
/// <param name="Updated">When it was written.</param>
/// <param name="By">Who has written it.</param>
/// <param name="Rollout">Null until it has begun.</param>
internal sealed record FleetView(string Name, JsonObject Spec, DateTime Updated, string By, RolloutView? Rollout)
{
    public static FleetView Of(StoredFleet fleet, StoredRollout? rollout) => new(fleet.Name, fleet.Spec, fleet.At.UtcDateTime, fleet.By, rollout is null ? null : RolloutView.Of(rollout));
}

internal sealed record FleetList(IReadOnlyList<FleetView> Items);

internal sealed record RolloutList(IReadOnlyList<RolloutView> Items);

/// <summary>A revision on its way over a fleet.</summary>
internal sealed record RolloutView
{
    public required string Id { get; init; }

    public required string Fleet { get; init; }

    public required string Revision { get; init; }

    /// <summary><c>Progressing</c>, <c>Paused</c>, <c>Completed</c>, <c>Aborted</c>, <c>RollingBack</c>, <c>RolledBack</c> or <c>Superseded</c>.</summary>
    public required string State { get; init; }

    /// <summary>Who or what has brought the state about.</summary>
    public string? Cause { get; init; }

    /// <summary>What it is doing or waits for, in one word.</summary>
    public required string Reason { get; init; }

    /// <summary>The same with numbers and names.</summary>
    public required string Message { get; init; }

    public required DateTime Created { get; init; }

    public DateTime? Ended { get; init; }

    /// <summary>Those that are in a batch.</summary>
    public required int Devices { get; init; }

    public required int Updated { get; init; }

    public required int Failed { get; init; }

    public required IReadOnlyList<BatchView> Batches { get; init; }

    public static RolloutView Of(StoredRollout rollout) => new()
    {
        Id = $"{rollout.Fleet}-{rollout.Number}",
        Fleet = rollout.Fleet,
        Revision = rollout.Revision,
        State = rollout.State.ToString(),
        Cause = rollout.Cause,
        Reason = rollout.State == RolloutState.Superseded ? nameof(WaitReason.Ended) : rollout.Wait.Reason.ToString(),
        Message = rollout.State == RolloutState.Superseded ? rollout.Cause! : rollout.Wait.Message,
        Created = rollout.CreatedAt.UtcDateTime,
        Ended = rollout.EndedAt?.UtcDateTime,
        Devices = rollout.Counts.Sum(counts => counts.All),
        Updated = rollout.Counts.Sum(counts => counts.Updated),
        Failed = rollout.Counts.Sum(counts => counts.Failed),
        Batches = [.. rollout.Batches.Zip(rollout.Counts, BatchView.Of)],
    };
}

/// <param name="State"><c>Waiting</c>, <c>Active</c>, <c>Soaking</c>, <c>Completed</c> or <c>Skipped</c>.</param>
/// <param name="SuccessThreshold">In percent.</param>
/// <param name="SoakSeconds">How long it must stay so.</param>
/// <param name="Devices">Its members, once it has begun.</param>
/// <param name="Offline">Not given the revision, because not connected.</param>
/// <param name="Failed">Timed out among them.</param>
/// <param name="Excused">Of those that failed, the ones that somebody has decided not to count.</param>
internal sealed record BatchView(
    string Name, string State, int SuccessThreshold, double SoakSeconds, bool NeedsApproval, bool IsApproved, DateTime? Started, DateTime? Ended,
    int Devices, int Pending, int Offline, int Updating, int Updated, int Failed, int Excused, int RolledBack)
{
    public static BatchView Of(RolloutBatch batch, BatchCounts counts) => new(
        batch.Name, batch.State.ToString(), batch.SuccessThreshold, batch.Soak.TotalSeconds, batch.Approval == Approval.Manual, batch.IsApproved, batch.StartedAt?.UtcDateTime, batch.EndedAt?.UtcDateTime,
        counts.All, counts.Pending, counts.Offline, counts.Updating, counts.Updated, counts.Failed, counts.Excused, counts.RolledBack);
}

/// <param name="Batch">Null while it is in none.</param>
/// <param name="Since">When it came into the state.</param>
/// <param name="Goal">The revision that it was given; null for none.</param>
/// <param name="Previous">What it would go back to.</param>
/// <param name="Message">Why it has failed.</param>
internal sealed record RolloutDeviceView(string DeviceId, string? Batch, string State, DateTime Since, string? Goal, string? Previous, string? Message);

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record RolloutDeviceList(IReadOnlyList<RolloutDeviceView> Items, string? Continuation);

/// <param name="Reason">Why, for whoever looks at it later.</param>
internal sealed record OrderBody(string? Reason = null);
