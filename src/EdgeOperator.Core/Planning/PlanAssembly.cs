using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// Puts steps in an order and joins them with edges. A step is added behind all that it waits for, so the order is
/// topological; where many wait for many they meet in a <see cref="Milestone"/>, so the edges stay linear in the steps.
/// </summary>
/// <param name="committed">Otherwise the plan is a revision's beginning: nothing changes before everything is fetched.</param>
internal sealed class PlanAssembly(ResourceId revision, DependencyGraph graph, Decisions decisions, bool committed)
{
    private readonly ImmutableArray<Step>.Builder _steps = ImmutableArray.CreateBuilder<Step>();
    private readonly HashSet<string> _added = [];
    private Edges _fetched = Edges.None;
    private Edges _vacated = Edges.None;

    public ImmutableArray<Step> Steps() => _steps.ToImmutable();

    public void AddFetches()
    {
        var fetches = decisions.Needed.Select(needed => needed.Plan.Fetch).OfType<Fetch>().DistinctBy(fetch => fetch.Id).ToList();
        foreach (var fetch in fetches)
            Add(fetch, Edges.None);
        if (!committed)
            _fetched = Join("fetched", "everything is fetched", To([.. fetches.Where(IsDueFirst)]));
    }

    public void AddPruneStops(IReadOnlyCollection<Step> stops)
    {
        _vacated = Join("vacated", "pruned resources have stopped", Edges.Behind([.. stops.Select(stop => Add(stop, _fetched))]));
    }

    /// <summary>Resources that stop, each behind those that depend on it: the reverse of how they started.</summary>
    public void AddWithdrawals()
    {
        var waits = new Dictionary<ResourceId, List<string>>();
        foreach (var (resource, plan) in decisions.Needed.Reverse().Where(needed => needed.Plan.IsWithdrawal))
        {
            AddChain(plan, Entry(plan), Edges.Behind([.. waits.GetValueOrDefault(resource.Id, [])]));
            foreach (var dependency in resource.DependsOn)
            {
                if (!waits.TryAdd(dependency, [plan.LastChange!.Id]))
                    waits[dependency].Add(plan.LastChange!.Id);
            }
        }
    }

    /// <summary>All others, behind what they depend on, their starts in the order of <c>startupOrder</c>.</summary>
    public void AddChanges()
    {
        var (order, started, before) = (0UL, new List<string>(), Edges.None);
        var changes = decisions.Needed.Where(needed => !needed.Plan.IsWithdrawal);
        foreach (var (resource, plan) in changes.OrderBy(needed => graph.StartOrder(needed.Resource.Id)))
        {
            if (!plan.Starts)
            {
                AddChain(plan, Entry(plan) + Dependencies(resource, plan), plan.AwaitsPruneStops ? _vacated : Edges.None);
                continue;
            }

            if (graph.StartOrder(resource.Id) > order)
            {
                if (started.Count > 0)
                    before = Join($"order {order}", $"starts of order {order} were tried", Edges.Behind([.. started]));
                (order, started) = (graph.StartOrder(resource.Id), []);
            }

            var dependencies = Dependencies(resource, plan);
            AddChain(plan, Entry(plan) + dependencies, before + _vacated + Rewrites(resource));

            // A revision has a deadline. Without one, a start whose dependency never gets ready would hold up for ever
            // what has nothing to do with it.
            if (!committed || dependencies.Count == 0)
                started.AddRange(plan.Switch.Where(step => step.IsStart).Select(Id));
        }
    }

    /// <summary>Follow-ups, behind the steps of the resources that they concern.</summary>
    public void AddFollowUps()
    {
        foreach (var plan in decisions.Needed.Select(needed => needed.Plan))
        {
            if (plan.FollowUp is not { } followUp)
                continue;
            var change = plan.LastChange is null ? _fetched : Edges.To(plan.LastChange.Id);
            Add(followUp.Step, change + Edges.Behind(Ids(decisions[followUp.Target].LastChange)));
        }
    }

    /// <summary>Removals, which nothing waits for.</summary>
    public void AddRemovals(IEnumerable<Step> removals)
    {
        foreach (var removal in removals)
            Add(removal, removal.Requires.IsEmpty ? _fetched : Edges.To(removal.Requires));
    }

    /// <summary>Everything stops, each behind what depends on it and what was started after it, and then comes the reboot, however that went.</summary>
    public void AddShutdown(Step reboot)
    {
        var (stops, waits) = (new List<string>(), new Dictionary<ResourceId, List<string>>());
        foreach (var group in graph.Order.Reverse().GroupBy(resource => graph.StartOrder(resource.Id)).OrderByDescending(group => group.Key))
        {
            var later = Join($"order {group.Key} stops", "what was started later has stopped", Edges.Behind([.. stops]));
            foreach (var resource in group)
            {
                var behind = waits.GetValueOrDefault(resource.Id, []);
                List<string> own = [.. decisions.ShutDown(resource).Select(stop => Add(stop, later + Edges.Behind([.. behind])))];
                stops.AddRange(own);
                foreach (var dependency in resource.DependsOn)
                {
                    if (!waits.TryAdd(dependency, own.Count > 0 ? own : [.. behind]))
                        waits[dependency] = [.. waits[dependency], .. own.Count > 0 ? own : behind];
                }
            }
        }

        Add(reboot, Edges.Behind([.. stops]));
    }

    /// <summary>What the first step of a resource waits for on its own account.</summary>
    private Edges Entry(ResourcePlan plan)
    {
        foreach (var shared in plan.Shared.Where(shared => !_added.Contains(shared.Id)))
            Add(shared, _fetched);
        var needed = Edges.To([.. plan.Shared.Select(Id)]);
        return needed + (plan.Fetch is { } fetch && (committed || !IsDueFirst(fetch)) ? _fetched + To([fetch]) : _fetched);
    }

    /// <summary>
    /// What a machine's engine still lacks once the revision has begun (it did not run before) is for that machine's modules to
    /// wait for, and for nothing else.
    /// </summary>
    private static bool IsDueFirst(Fetch fetch) => fetch.Target == EngineTarget.Host;

    /// <summary>What the first step of a resource waits for on account of <c>dependsOn</c>.</summary>
    private Edges Dependencies(Resource resource, ResourcePlan plan) =>
        plan.HasChange ? Edges.To([.. resource.DependsOn.Distinct().Select(Gate).OfType<string>()]) : Edges.None;

    /// <summary>The step that shows a dependency to be Ready; null when it is and nothing happens to it.</summary>
    private string? Gate(ResourceId dependency)
    {
        var plan = decisions[dependency];
        if (plan.LastChange is { } last && decisions.IsReadyOnceApplied(dependency))
            return last.Id;
        if (!plan.HasChange && decisions.IsReady(dependency))
            return null;
        var gate = new AwaitReady(dependency, "others depend on it");
        return _added.Contains(gate.Id) ? gate.Id : Add(gate, Edges.To(Ids(plan.LastChange)));
    }

    /// <summary>The changes of resources of which this one takes notice when it starts.</summary>
    private Edges Rewrites(Resource resource) =>
        Edges.Behind([.. graph.TriggersOf(resource.Id).SelectMany(trigger => decisions[trigger].Switch).Select(Id)]);

    private void AddChain(ResourcePlan plan, Edges entry, Edges beforeSwitch)
    {
        var edges = entry;
        foreach (var step in plan.Prepare)
            edges = Edges.To(Add(step, edges));
        edges += beforeSwitch;
        foreach (var step in plan.Switch.Concat(plan.Cleanup))
            edges = Edges.To(Add(step, edges));
    }

    private Edges Join(string name, string reason, Edges edges) =>
        edges.Count > 1 ? Edges.To(Add(new Milestone(revision, reason, name), edges)) : edges;

    private string Add(Step step, Edges edges)
    {
        var id = step.Id;
        _steps.Add(edges.Count == 0 ? step : step with { Requires = edges.Requires, After = edges.After });
        _added.Add(id);
        return id;
    }

    private static Edges To(IReadOnlyCollection<Fetch> fetches) =>
        new([.. fetches.Where(fetch => !fetch.Optional).Select(Id)], [.. fetches.Where(fetch => fetch.Optional).Select(Id)]);

    private static string Id(Step step) => step.Id;

    private static ImmutableArray<string> Ids(Step? step) => step is null ? [] : [step.Id];
}
