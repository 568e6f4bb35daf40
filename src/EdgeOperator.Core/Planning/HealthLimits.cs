using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// How long each resource of a revision may take to become Ready: its own <c>healthTimeout</c>, or the agent's deadline. One without
/// a time of its own can't be expected before what it depends on.
/// </summary>
internal sealed class HealthLimits(DesiredState desired, TimeSpan deadline)
{
    private readonly Dictionary<ResourceId, TimeSpan> _known = [];

    public TimeSpan Of(ResourceId id)
    {
        if (_known.TryGetValue(id, out var known))
            return known;
        if (desired.Resources.GetValueOrDefault(id) is not { } resource)
            return deadline;
        if (resource.HealthTimeout is { } own)
            return _known[id] = own;

        // Stands there while its dependencies are looked at, so that a cycle has an end.
        _known[id] = deadline;
        foreach (var dependency in resource.DependsOn)
        {
            if (Of(dependency) is var longer && longer > _known[id])
                _known[id] = longer;
        }

        return _known[id];
    }
}
