using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Compares what is desired with what is observed. Pure: equal inputs give equal plans, in time linear in their size. It knows no
/// kind by name; what concerns one kind only is that kind's own <see cref="KindPlanner"/>.
/// </summary>
public static class Planner
{
    /// <param name="kinds">Every kind that may be desired or found on the device.</param>
    /// <param name="now">Only ends back-offs, and tells a container that recovered from one that keeps crashing.</param>
    public static Plan Plan(KindSet kinds, DesiredState desired, ObservedState observed, Inventory inventory, DateTimeOffset now)
    {
        desired = kinds.Aggregate(desired, (state, kind) => kind.Complete(state));
        var context = new PlanningContext(kinds, desired, observed, inventory, now);
        var graph = DependencyGraph.Of(desired, kinds);
        var decisions = new Decisions(context, graph, kinds);
        var assembly = new PlanAssembly(new("Revision", desired.Revision), graph, decisions, inventory.Committed);
        if (decisions.Reboot is { } reboot)
        {
            assembly.AddFetches();
            assembly.AddShutdown(reboot);
            return new(assembly.Steps(), []);
        }

        var pruning = new Pruning(context, decisions);
        assembly.AddFetches();
        assembly.AddPruneStops(pruning.Stops);
        assembly.AddWithdrawals();
        assembly.AddChanges();
        assembly.AddFollowUps();
        assembly.AddRemovals(pruning.Removals);
        return new(assembly.Steps(), [.. decisions.Needed.Select(needed => needed.Plan.Blocked).OfType<BlockedResource>().Concat(pruning.Blocked).OrderBy(hold => hold.Resource)]);
    }
}
