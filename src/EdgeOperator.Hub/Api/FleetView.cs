using System.Text.Json.Nodes;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Fleets;

namespace EdgeOperator.Hub.Api;

/// <param name="Spec">As a manifest of kind Fleet has it.</param>
internal sealed record FleetBody(JsonObject Spec);

/// <summary>A fleet and how far its rollout is.</summary>
/// <param name="Updated">When it was written.</param>
/// <param name="By">Who has written it.</param>
/// <param name="Owner">The repository that it comes from, which alone can change it; null when anybody may.</param>
/// <param name="Artifact">What the repository that its devices follow has for it; null without one.</param>
/// <param name="Rollout">Null until it has begun.</param>
internal sealed record FleetView(string Name, JsonObject Spec, DateTime Updated, string By, FleetOwnerView? Owner, FleetArtifactView? Artifact, RolloutView? Rollout)
{
    public static FleetView Of(StoredFleet fleet, FleetRevisionState? revision, StoredRollout? rollout) => new(
        fleet.Name, fleet.Spec, fleet.At.UtcDateTime, fleet.By, fleet.Owner is { } owner ? new(owner.Repository, owner.File) : null, FleetArtifactView.Of(revision), rollout is null ? null : RolloutView.Of(rollout));
}

/// <param name="File">Where it stands in the repository's folder.</param>
internal sealed record FleetOwnerView(string Repository, string File);

/// <param name="Commit">That has changed the folder last; null before the first.</param>
/// <param name="Digest">Of the artifact.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Subject">The first line of the commit's message.</param>
/// <param name="Reason">Why there is nothing newer, in one word; null when nothing is wrong.</param>
internal sealed record FleetArtifactView(string? Commit, string? Digest, long Size, string? Subject, string? Author, DateTime? Committed, string? Reason, string? Message)
{
    public static FleetArtifactView? Of(FleetRevisionState? state)
    {
        if (state is null)
            return null;
        var revision = state.Revision is null ? null : FleetRevision.Parse(state.Revision);
        return new(revision?.Commit, revision?.Digest, state.Size, state.Subject, state.Author, state.CommittedAt?.UtcDateTime, state.Reason, state.Problem);
    }
}

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record FleetList(IReadOnlyList<FleetView> Items, string? Continuation);

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record RolloutList(IReadOnlyList<RolloutView> Items, string? Continuation = null);

/// <summary>A revision on its way over a fleet.</summary>
internal sealed record RolloutView
{
    public required string Id { get; init; }

    public required string Fleet { get; init; }

    /// <summary>The commit.</summary>
    public required string Revision { get; init; }

    /// <summary>Of the artifact that devices are given; null when they fetch the commit themselves.</summary>
    public string? Digest { get; init; }

    /// <summary><c>Progressing</c>, <c>Paused</c>, <c>Completed</c>, <c>Aborted</c>, <c>RollingBack</c>, <c>RolledBack</c> or <c>Superseded</c>.</summary>
    public required string State { get; init; }

    /// <summary>It waits for somebody: for an approval, or because it does not go on by itself.</summary>
    public required bool NeedsAttention { get; init; }

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
        Revision = FleetRevision.CommitOf(rollout.Revision),
        Digest = FleetRevision.Parse(rollout.Revision).Digest,
        State = rollout.State.ToString(),
        NeedsAttention = rollout.NeedsAttention,
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
