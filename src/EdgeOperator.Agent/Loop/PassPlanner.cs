using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>What a pass does before it changes anything: it observes the device and plans. The loop and <c>edgeop plan</c> both go this way.</summary>
public sealed class PassPlanner(Device device, Revisions revisions)
{
    /// <param name="ledger">With the attempt at the target.</param>
    /// <param name="newest">The sources' revision; null while it is not known.</param>
    public async Task<PlannedPass> PlanAsync(
        ReconcileTarget target, RevisionLedger ledger, string? newest, ImmutableDictionary<ResourceId, BackOff> backOff, TimeProvider clock, CancellationToken cancellation)
    {
        var observed = await device.ObserveAsync(target.Everything(IsFetching(ledger)), cancellation);
        var planned = Plan(target, ledger, newest, observed, backOff, clock);
        if (IsFetching(ledger) && !IsFetching(planned.Ledger))
        {
            // What was observed for the last good revision (whose file it is, what a machine may share) is not the new one's.
            observed = await device.ObserveAsync(target.Everything(fetching: false), cancellation);
            planned = Plan(target, ledger, newest, observed, backOff, clock);
        }

        return new(observed, planned);
    }

    internal static bool IsFetching(RevisionLedger ledger) => ledger.Attempt is { ApplyingSince: null };

    private RevisionPlan Plan(ReconcileTarget target, RevisionLedger ledger, string? newest, ObservedState observed, ImmutableDictionary<ResourceId, BackOff> backOff, TimeProvider clock) =>
        target.Rendering?.State is { } desired
            ? RevisionPlanner.Plan(device.Kinds, ledger, desired, target.LastGood?.State, observed, new(backOff, UnnamedImages(ledger, newest, observed)), clock.GetUtcNow())
            : RevisionPlan.Nothing(ledger);

    private ImmutableDictionary<string, ImmutableHashSet<string>> UnnamedImages(RevisionLedger ledger, string? newest, ObservedState observed) => observed.GuestEngines
        .Append(new(EngineTarget.Host, observed.Engine))
        .ToImmutableDictionary(engine => engine.Key, engine => revisions.UnnamedImages(ledger, newest, engine.Key, engine.Value));
}

/// <param name="Observed">What the plan was made from.</param>
public sealed record PlannedPass(ObservedState Observed, RevisionPlan Revision);
