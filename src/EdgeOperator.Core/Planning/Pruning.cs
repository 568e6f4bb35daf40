using System.Collections.Immutable;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Removes what nothing desires any more: only what the agent made, and nothing for good before the revision is committed.
/// </summary>
internal sealed class Pruning
{
    private readonly PruneContext _context;

    public Pruning(PlanningContext planning, Decisions decisions)
    {
        _context = new(planning, decisions);
        var plans = decisions.Planners.Select(planner => planner.Prune(_context)).ToList();
        Stops = [.. plans.SelectMany(plan => plan.Stops)];
        Removals =
        [
            .. planning.Inventory.Committed ? plans.SelectMany(plan => plan.Removals) : [],
            .. decisions.IsFetchable ? plans.SelectMany(plan => plan.Restores) : [],
            .. planning.Inventory.Committed ? plans.SelectMany(plan => plan.Garbage) : [],
        ];
    }

    /// <summary>Come first, so that what takes over a port finds it free.</summary>
    public ImmutableArray<Step> Stops { get; }

    /// <summary>Come last. A removal requires its stop.</summary>
    public ImmutableArray<Step> Removals { get; }

    public IEnumerable<BlockedResource> Blocked => _context.Blocked;
}
