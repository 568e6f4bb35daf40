using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>Which resources may be pruned, and a note of those that are blocked.</summary>
internal sealed class PruneContext(PlanningContext planning, Decisions decisions)
{
    private readonly Dictionary<ResourceId, BlockedResource> _blocked = [];

    public IEnumerable<BlockedResource> Blocked => _blocked.Values;

    /// <summary>What the plan does with a desired resource.</summary>
    public ResourcePlan PlanOf(ResourceId desired) => decisions[desired];

    public bool IsDesired(ResourceId id) => planning.Desired.Resources.ContainsKey(id);

    /// <summary>Whether nothing desires the resource, and nothing keeps or blocks it.</summary>
    public bool IsOrphaned(ResourceId id) => !IsDesired(id) && !planning.Inventory.Retained.Contains(id) && !IsBlocked(id);

    /// <summary>Whether the resource is suspended or in back-off; the plan then says so.</summary>
    public bool IsBlocked(ResourceId id)
    {
        var block = planning.Inventory.Suspended.Contains(id) ? PlanningContext.Suspended(id) : planning.BackOff(id, specHash: "");
        if (block is not null)
            _blocked.TryAdd(id, block);
        return block is not null;
    }

    /// <summary>Notes why a resource can't be pruned.</summary>
    public void Block(BlockedResource blocked) => _blocked.TryAdd(blocked.Resource, blocked);
}
