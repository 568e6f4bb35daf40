using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>What each desired resource needs, or why it is left alone.</summary>
internal sealed class Decisions
{
    private readonly PlanningContext _context;
    private readonly DependencyGraph _graph;
    private readonly KindSet _kinds;
    private readonly Dictionary<Kind, KindPlanner> _planners;
    private readonly (KindPlanner Planner, BlockedResource Why)? _unfetchable;
    private readonly Dictionary<ResourceId, ResourcePlan> _plans;
    private readonly List<(Resource, ResourcePlan)> _needed = [];

    public Decisions(PlanningContext context, DependencyGraph graph, KindSet kinds)
    {
        (_context, _graph, _kinds) = (context, graph, kinds);
        _plans = new(graph.Order.Length);
        _planners = kinds.ToDictionary(kind => kind, kind => kind.CreatePlanner(context));

        // A revision begins as a whole or not at all, so one kind that can't tell what is missing holds up all others.
        if (!context.Inventory.Committed && Planners.FirstOrDefault(planner => planner.Unfetchable is not null) is { } blind)
            _unfetchable = (blind, blind.Unfetchable!);

        foreach (var resource in graph.Order)
            _plans.Add(resource.Id, Decide(resource));
        foreach (var resource in graph.Order)
        {
            var plan = _plans[resource.Id];
            if (plan.FollowUp is { } followUp)
                _plans[resource.Id] = plan = Place(followUp, resource, plan);
            if (plan != ResourcePlan.Nothing)
                _needed.Add((resource, plan));
        }
    }

    /// <summary>The kinds' planners, in the order of the kinds.</summary>
    public IEnumerable<KindPlanner> Planners => _kinds.Select(kind => _planners[kind]);

    /// <summary>Whether the revision may begin as far as anybody can tell.</summary>
    public bool IsFetchable => _unfetchable is null;

    public ResourcePlan this[ResourceId id] => _plans[id];

    /// <summary>Resources that are not in sync, each behind those that it depends on.</summary>
    public IReadOnlyList<(Resource Resource, ResourcePlan Plan)> Needed => _needed;

    /// <summary>The step by which the device is to be rebooted; null when it is not.</summary>
    public Step? Reboot => _needed.Select(needed => needed.Item2.Reboot).FirstOrDefault(reboot => reboot is not null);

    /// <summary>What stops a resource before a reboot. What is suspended is left to the system.</summary>
    public IEnumerable<Step> ShutDown(Resource resource) => resource.Suspend || _context.Inventory.Suspended.Contains(resource.Id) ? [] : _planners[_kinds.Of(resource)].ShutDown(resource);

    /// <summary>Whether others wait for the last step of a resource alone, rather than until it is Ready.</summary>
    public bool IsReadyOnceApplied(ResourceId id) => _kinds.Of(_context.Desired.Resources[id]).IsReadyOnceApplied;

    /// <summary>Whether those that depend on the resource may rely on it as it is.</summary>
    public bool IsReady(ResourceId id)
    {
        var resource = _context.Desired.Resources[id];
        return _kinds.Of(resource).IsReadyForDependents(resource, _context);
    }

    private ResourcePlan Decide(Resource resource)
    {
        var planner = _planners[_kinds.Of(resource)];
        if (resource.Suspend || _context.Inventory.Suspended.Contains(resource.Id))
            return ResourcePlan.Block(PlanningContext.Suspended(resource.Id));
        if (planner.BlockOf(resource) is { } block)
            return ResourcePlan.Block(block);
        if (planner.HasBegun(resource))
            return ApplyBackOff(resource, planner.Plan(resource, _plans.GetValueOrDefault));
        if (_graph.Problems.TryGetValue(resource.Id, out var problem))
            return ResourcePlan.Block(problem);
        foreach (var dependency in resource.DependsOn)
        {
            if (_plans[dependency].Blocked is { IsProblem: true } blocked)
                return ResourcePlan.Block(DependencyBlocked(resource.Id, blocked));
        }

        return _unfetchable is { } unfetchable && unfetchable.Planner != planner
            ? ResourcePlan.Block(unfetchable.Why with { Resource = resource.Id })
            : ApplyBackOff(resource, planner.Plan(resource, _plans.GetValueOrDefault));
    }

    /// <summary>Leaves a resource that failed lately alone, but does not forget what its revision still has to fetch.</summary>
    private ResourcePlan ApplyBackOff(Resource resource, ResourcePlan plan)
    {
        if (plan == ResourcePlan.Nothing || plan.Blocked is not null || _context.BackOff(resource.Id, resource.SpecHash, plan.PackageHash) is not { } blocked)
            return plan;
        return new() { Blocked = blocked, Fetch = _context.Inventory.Committed || plan.Fetch is null ? null : plan.Fetch with { NotBefore = blocked.Until } };
    }

    /// <summary>
    /// Drops a follow-up on a resource that starts in any case, and so takes notice, or does not run; one that is blocked is not
    /// touched either.
    /// </summary>
    private ResourcePlan Place(FollowUp followUp, Resource resource, ResourcePlan plan)
    {
        var dropped = plan with { FollowUp = null };
        if (!_plans.TryGetValue(followUp.Target, out var target))
            return dropped;
        if (target.Blocked is { } blocked)
            return dropped.HasSteps ? dropped : ResourcePlan.Block(blocked with { Resource = resource.Id, Message = $"its action restarts {followUp.Target}, which is blocked: {blocked.Message}" });
        if (target.Starts)
            return _graph.TriggersOf(followUp.Target).Contains(resource.Id) ? dropped : plan;
        return target.Stops || !_planners[_kinds.Of(_context.Desired.Resources[followUp.Target])].IsRunning(followUp.Target) ? dropped : plan;
    }

    private static BlockedResource DependencyBlocked(ResourceId id, BlockedResource dependency) => dependency.Reason == BlockedReason.SecretUnreadable
        ? new(id, BlockedReason.SecretUnreadable, $"it waits for {dependency.Resource}: {dependency.Message}", Until: null, IsProblem: true)
        : new(id, BlockedReason.DependencyBlocked, $"it depends on {dependency.Resource}, which is blocked ({dependency.Word})", Until: null, IsProblem: true);
}
