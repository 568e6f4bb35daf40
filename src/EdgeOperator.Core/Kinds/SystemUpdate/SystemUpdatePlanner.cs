using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>What a SystemUpdate needs. Each part of a device's software has a planner of its own.</summary>
internal sealed class SystemUpdatePlanner(PlanningContext context) : KindPlanner
{
    private readonly ObservedUpdates _observed = ObservedUpdates.Of(context.Observed);

    public override bool HasBegun(Resource resource) =>
        (_observed.Transaction is { IsOver: false } running && running.Update == resource.Id.Name) || (_observed.Reboot is { IsOver: false } reboot && reboot.Update == resource.Id.Name);

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned)
    {
        var update = (SystemUpdateResource)resource;
        var times = new UpdateTimes(update.Update, update.Id.Name, _observed, context.Now + _observed.ClockOffset);
        var packages = WithReboot(update, update.Update.HasPackages ? PackagesPlanner.Plan(update, context.Desired.Revision, _observed, times) : ResourcePlan.Nothing, times);
        if (ReleasePlan.Of(update.Id, update.Update.Agent, context) is not { } agent)
            return packages;

        // One after the other: the agent itself is not replaced while it works on something else. A trial waits for nothing.
        var waits = packages.HasSteps || packages.Fetch is not null || (packages.Blocked is not null && agent.IsDone);
        return waits && agent.Confirm is null ? packages : agent.Plan(times);
    }

    /// <summary>
    /// A transaction comes to its end before the device is rebooted, and nothing else happens until that is over. One reboot does for all that changes in
    /// a window, but what can't be fetched keeps no device from it.
    /// </summary>
    private ResourcePlan WithReboot(SystemUpdateResource update, ResourcePlan packages, UpdateTimes times)
    {
        var plan = new RebootPlan(update, _observed, times, context);
        var reboot = plan.Plan();
        if (_observed.Transaction is { IsOver: false } || reboot == ResourcePlan.Nothing)
            return packages;
        var hasFailed = context.Inventory.BackOff.TryGetValue(update.Id, out var before) && before.Failures > 0;
        return _observed.Reboot is { IsOver: false } || plan.IsWayBack || packages == ResourcePlan.Nothing || (reboot.HasSteps && (packages.Blocked is not null || hasFailed)) ? reboot : packages;
    }

    /// <summary>Packages stay as they are; only what the agent holds is released, and a transaction that has begun is brought to its end.</summary>
    public override PrunePlan Prune(PruneContext pruning)
    {
        var held = _observed.Packages.Where(update => !update.Value.Unhold.IsEmpty).Select(update => new ResourceId(KindNames.SystemUpdate, update.Key)).Where(pruning.IsOrphaned).ToList();
        var unfinished = _observed.Transaction is { IsOver: false } running && new ResourceId(KindNames.SystemUpdate, running.Update) is var owner && pruning.IsOrphaned(owner)
            ? PackagesPlanner.Finish(owner, running, _observed.IsWorking) : null;
        var rebooted = unfinished is null && _observed.Reboot is { IsOver: false } reboot && new ResourceId(KindNames.SystemUpdate, reboot.Update) is var asking && pruning.IsOrphaned(asking)
            ? new EndReboot(asking, $"{asking} is no longer desired", Failure: null) : null;
        return new() { Restores = ((Step?[])[unfinished, rebooted]).OfType<Step>(), Removals = held.Select(id => new ReleasePackages(id, $"{id} is no longer desired")) };
    }
}
