using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>Plans the resources of one kind. It is made anew for each plan, so it may index what it needs.</summary>
internal abstract class KindPlanner
{
    /// <summary>Why it can't be known what a revision that has not begun still has to fetch; null when it can.</summary>
    public virtual BlockedResource? Unfetchable => null;

    /// <summary>Why nothing can be done for a resource for now, whatever it depends on; null when something can.</summary>
    public virtual BlockedResource? BlockOf(Resource resource) => null;

    /// <summary>What a resource needs.</summary>
    /// <param name="planned">The plans of the resources that this one depends on; null for others.</param>
    public abstract ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned);

    /// <summary>Whether something of the resource runs now, and so would have to be restarted to take notice of a change.</summary>
    public virtual bool IsRunning(ResourceId resource) => false;

    /// <summary>What to remove because nothing desires it any more.</summary>
    public abstract PrunePlan Prune(PruneContext context);
}
