using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Plans a device's way to a revision. Until everything is fetched, the last good revision is kept up and the fetches run beside it.
/// Pure: the new ledger is part of the result.
/// </summary>
public static class RevisionPlanner
{
    /// <param name="kinds">See <see cref="Planner.Plan"/>.</param>
    /// <param name="ledger">With the attempt at <paramref name="target"/>, unless that is the last good revision.</param>
    /// <param name="lastGood">Null when there is none, or it is not kept any more.</param>
    /// <param name="now">By the steady clock.</param>
    public static RevisionPlan Plan(
        KindSet kinds, RevisionLedger ledger, DesiredState target, DesiredState? lastGood, ObservedState observed, PlanningMemory memory, DateTimeOffset now)
    {
        var change = Planner.Plan(kinds, target, observed, InventoryFor(ledger, target, lastGood, memory), now);
        if (ledger.Attempt is not { ApplyingSince: null })
            return new(change, target, ledger) { Change = change };
        if (change.IsFetched)
            return new(change, target, ledger.MarkApplying(now)) { Change = change };

        return lastGood is null
            ? new(Planning.Plan.Nothing.Merge(change), target, ledger) { Change = change }
            : new(Planner.Plan(kinds, lastGood, observed, InventoryFor(ledger, lastGood, lastGood, memory) with { Committed = true, IsFetchingNext = true }, now).Merge(change), lastGood, ledger) { Change = change };
    }

    /// <summary>What the planner has to know of a revision and the device does not show.</summary>
    public static Inventory InventoryFor(RevisionLedger ledger, DesiredState desired, DesiredState? lastGood, PlanningMemory memory)
    {
        var isCommitted = ledger.Attempt is null;
        return new()
        {
            Committed = isCommitted,
            LastGood = isCommitted || lastGood is null
                ? ImmutableDictionary<ResourceId, string>.Empty
                : lastGood.Resources.ToImmutableDictionary(r => r.Key, r => r.Value.SpecHash),
            LastGoodDisks = isCommitted ? ImmutableDictionary<ResourceId, long>.Empty : DisksOf(lastGood),
            Fetched = ledger.Attempt?.Fetched.ToImmutableHashSet() ?? [],
            PinnedImages = ledger.ImagesOf(desired.Revision).ToImmutableDictionary(image => image.Module),

            // What an attempt has fetched already is named by no kept revision yet.
            CollectableImages = isCommitted ? memory.UnnamedImages.GetValueOrDefault(EngineTarget.Host, []) : [],
            CollectableGuestImages = isCommitted ? memory.UnnamedImages.Remove(EngineTarget.Host) : ImmutableDictionary<string, ImmutableHashSet<string>>.Empty,
            Suspended = [.. ledger.SuspendedResources],
            Retained = [.. ledger.Retained],
            BackOff = memory.BackOff,
        };
    }

    /// <summary>See <see cref="Inventory.LastGoodDisks"/>.</summary>
    public static ImmutableDictionary<ResourceId, long> DisksOf(DesiredState? state) =>
        state?.Machines.ToImmutableDictionary(machine => machine.Id, machine => machine.Machine.Shape.DiskSize) ?? ImmutableDictionary<ResourceId, long>.Empty;
}

/// <param name="Desired">What the plan leads to: the target, or the last good revision while the target is being fetched.</param>
/// <param name="Ledger">Must be persisted before the plan is executed.</param>
public sealed record RevisionPlan(Plan Plan, DesiredState Desired, RevisionLedger Ledger)
{
    /// <summary>The whole way to the target: what follows once everything is fetched is in it already.</summary>
    public required Plan Change { get; init; }

    /// <summary>For a device whose desired state is not known.</summary>
    public static RevisionPlan Nothing(RevisionLedger ledger) => new(Plan.Nothing, DesiredState.Empty, ledger) { Change = Plan.Nothing };
}

/// <summary>What is persisted in addition to the ledger.</summary>
/// <param name="BackOff">See <see cref="Inventory.BackOff"/>.</param>
/// <param name="UnnamedImages">By the engines' targets, see <see cref="Inventory.CollectableImages"/>.</param>
public sealed record PlanningMemory(
    ImmutableDictionary<ResourceId, BackOff> BackOff, ImmutableDictionary<string, ImmutableHashSet<string>> UnnamedImages);
