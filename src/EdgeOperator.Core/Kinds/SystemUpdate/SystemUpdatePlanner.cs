using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>What a SystemUpdate needs. Each part of a device's software has a planner of its own.</summary>
internal sealed class SystemUpdatePlanner(PlanningContext context) : KindPlanner
{
    private readonly ObservedUpdates _observed = ObservedUpdates.Of(context.Observed);

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned)
    {
        var update = (SystemUpdateResource)resource;
        var times = new UpdateTimes(update.Update, update.Id.Name, _observed, context.Now + _observed.ClockOffset);
        var packages = update.Update.HasPackages ? PackagesPlanner.Plan(update, context.Desired.Revision, _observed, times) : ResourcePlan.Nothing;
        if (ReleasePlan.Of(update.Id, update.Update.Agent, context) is not { } agent)
            return packages;

        // One after the other: the agent itself is not replaced while it works on something else. A trial waits for nothing.
        var waits = packages.HasSteps || packages.Fetch is not null || (packages.Blocked is not null && agent.IsDone);
        return waits && agent.Confirm is null ? packages : agent.Plan(times);
    }

    /// <summary>Packages stay as they are; only what the agent holds is released, and a transaction that has begun is brought to its end.</summary>
    public override PrunePlan Prune(PruneContext pruning)
    {
        var held = _observed.Packages.Where(update => !update.Value.Unhold.IsEmpty).Select(update => new ResourceId(KindNames.SystemUpdate, update.Key)).Where(pruning.IsOrphaned).ToList();
        var unfinished = _observed.Transaction is { IsOver: false } running && new ResourceId(KindNames.SystemUpdate, running.Update) is var owner && pruning.IsOrphaned(owner)
            ? PackagesPlanner.Finish(owner, running, _observed.IsWorking) : null;
        return new() { Restores = unfinished is null ? [] : [unfinished], Removals = held.Select(id => new ReleasePackages(id, $"{id} is no longer desired")) };
    }
}
