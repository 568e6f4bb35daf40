using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// The order that <c>dependsOn</c> gives to the resources of a device, and what is wrong with it. Built in time linear
/// in resources and dependencies.
/// </summary>
internal sealed class DependencyGraph
{
    /// <summary>Where each resource stands in <see cref="Order"/>.</summary>
    private readonly Dictionary<ResourceId, int> _positions;
    private readonly ulong[] _startOrders;
    private readonly ILookup<ResourceId, ResourceId> _triggers;

    private DependencyGraph(ImmutableArray<Resource> order, Dictionary<ResourceId, int> positions, Dictionary<ResourceId, BlockedResource> problems)
    {
        Order = order;
        Problems = problems;
        _positions = positions;
        _triggers = order
            .Where(resource => resource.Triggers is { } target && _positions.TryGetValue(target, out var position) && _positions[resource.Id] < position)
            .ToLookup(resource => resource.Triggers!.Value, resource => resource.Id);
        _startOrders = StartOrders();
    }

    /// <summary>Every resource, behind all that it depends on (unless they form a cycle); those that are ready once they are applied first where there is a choice.</summary>
    public ImmutableArray<Resource> Order { get; }

    /// <summary>Resources whose dependencies can't be met.</summary>
    public IReadOnlyDictionary<ResourceId, BlockedResource> Problems { get; }

    /// <summary>
    /// A resource's <c>startupOrder</c>, or that of one which needs it and starts earlier: a dependency is never
    /// made to wait for what depends on it. What has none comes last.
    /// </summary>
    public ulong StartOrder(ResourceId id) => _startOrders[_positions[id]];

    /// <summary>
    /// Resources whose change has the given one restarted and that come before it. (One that depends on it comes behind it.)
    /// </summary>
    public IEnumerable<ResourceId> TriggersOf(ResourceId resource) => _triggers.Count == 0 ? [] : _triggers[resource];

    public static DependencyGraph Of(DesiredState desired, KindSet kinds)
    {
        var early = desired.Resources.Values.ToLookup(resource => kinds.Of(resource).IsReadyOnceApplied);
        Resource[] nodes = [.. early[true], .. early[false]];
        var indices = new Dictionary<ResourceId, int>(nodes.Length);
        for (var i = 0; i < nodes.Length; i++)
            indices.Add(nodes[i].Id, i);

        var edges = new int[nodes.Length][];
        var problems = new Dictionary<ResourceId, BlockedResource>();
        for (var i = 0; i < nodes.Length; i++)
        {
            edges[i] = nodes[i].DependsOn.IsEmpty ? [] : [.. nodes[i].DependsOn.Where(indices.ContainsKey).Select(id => indices[id])];
            if (edges[i].Length < nodes[i].DependsOn.Length)
                problems.Add(nodes[i].Id, NotFound(nodes[i], indices));
        }

        var components = StrongComponents.Of(edges);
        foreach (var cycle in components.Where(component => component.Length > 1 || edges[component[0]].Contains(component[0])))
            AddCycle(cycle, nodes, edges, problems);

        var order = ImmutableArray.CreateBuilder<Resource>(nodes.Length);
        foreach (var component in components)
        {
            foreach (var i in component)
            {
                indices[nodes[i].Id] = order.Count;
                order.Add(nodes[i]);
            }
        }

        return new(order.MoveToImmutable(), indices, problems);
    }

    private ulong[] StartOrders()
    {
        var orders = new ulong[Order.Length];
        for (var i = 0; i < orders.Length; i++)
            orders[i] = Order[i].StartupOrder;

        for (var i = orders.Length - 1; i >= 0; i--)
        {
            foreach (var dependency in Order[i].DependsOn)
                Advance(dependency, orders[i]);
            foreach (var trigger in TriggersOf(Order[i].Id))
                Advance(trigger, orders[i]);
        }

        return orders;

        void Advance(ResourceId earlier, ulong order)
        {
            if (_positions.TryGetValue(earlier, out var position))
                orders[position] = Math.Min(orders[position], order);
        }
    }

    private static BlockedResource NotFound(Resource resource, Dictionary<ResourceId, int> known)
    {
        var missing = string.Join(", ", resource.DependsOn.Where(id => !known.ContainsKey(id)));
        return new(
            resource.Id,
            BlockedReason.DependencyNotFound,
            $"depends on {missing}, which is not desired on this device; add it or correct dependsOn ({resource.Origin})",
            Until: null,
            IsProblem: true);
    }

    private static void AddCycle(int[] component, Resource[] nodes, int[][] edges, Dictionary<ResourceId, BlockedResource> problems)
    {
        var cycle = string.Join(" → ", FindCycle(component, nodes, edges));
        foreach (var resource in component.Select(i => nodes[i]))
        {
            problems.TryAdd(resource.Id, new(
                resource.Id,
                BlockedReason.DependencyCycle,
                $"the dependencies form a cycle: {cycle}; remove one of them ({resource.Origin})",
                Until: null,
                IsProblem: true));
        }
    }

    /// <summary>Follows one dependency after the other within the component until one comes again.</summary>
    private static IEnumerable<ResourceId> FindCycle(int[] component, Resource[] nodes, int[][] edges)
    {
        var members = component.ToHashSet();
        var path = new List<int>();
        var places = new Dictionary<int, int>();
        var node = component.MinBy(i => nodes[i].Id);
        for (; places.TryAdd(node, path.Count); node = edges[node].First(members.Contains))
            path.Add(node);
        return path.Skip(places[node]).Append(node).Select(i => nodes[i].Id);
    }
}
