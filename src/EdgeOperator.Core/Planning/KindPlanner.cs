using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>Plans the resources of one kind. It is made anew for each plan, so it may index what it needs.</summary>
internal abstract class KindPlanner
{
    /// <summary>Why it can't be known what a revision that has not begun still has to fetch; null when it can.</summary>
    public virtual BlockedResource? Unfetchable => null;

    /// <summary>Why nothing can be done for a resource for now, whatever it depends on; null when something can.</summary>
    public virtual BlockedResource? BlockOf(Resource resource) => null;

    /// <summary>Whether something was begun for a resource that has to be brought to its end, whatever has become of what the resource depends on.</summary>
    public virtual bool HasBegun(Resource resource) => false;

    /// <summary>What a resource needs.</summary>
    /// <param name="planned">The plans of the resources that this one depends on; null for others.</param>
    public abstract ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned);

    /// <summary>Whether something of the resource runs now, and so would have to be restarted to take notice of a change.</summary>
    public virtual bool IsRunning(ResourceId resource) => false;

    /// <summary>What stops a resource before the device is rebooted; nothing where nothing of it runs, or may as well run until then.</summary>
    public virtual IEnumerable<Step> ShutDown(Resource resource) => [];

    /// <summary>What to remove because nothing desires it any more.</summary>
    public abstract PrunePlan Prune(PruneContext context);
}
