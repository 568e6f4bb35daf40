using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Compares what is desired with what is observed. Pure: equal inputs give equal plans, in time linear in their size.
/// </summary>
public static class Planner
{
    /// <param name="now">Only ends back-offs, and tells a container that recovered from one that keeps crashing.</param>
    public static Plan Plan(DesiredState desired, ObservedState observed, Inventory inventory, DateTimeOffset now)
    {
        desired = SharedNamespaces.WithDependencies(desired);
        var situation = new Situation(desired, observed, inventory, now);
        var graph = DependencyGraph.Of(desired);
        var files = new ConfigFilePlanner(situation);
        var decisions = new Decisions(situation, graph, files);
        var pruning = new Pruning(situation, files, decisions);

        var assembly = new PlanAssembly(new("Revision", desired.Revision), graph, decisions, inventory.Committed);
        assembly.AddFetches();
        assembly.AddPruneStops(pruning.Stops);
        assembly.AddWithdrawals();
        assembly.AddChanges();
        assembly.AddModuleRestarts();
        assembly.AddRemovals(pruning.Removals);
        return new(assembly.Steps(), [.. decisions.Needed.Select(needed => needed.Plan.Held).OfType<Held>().Concat(pruning.Held).OrderBy(hold => hold.Resource)]);
    }
}
