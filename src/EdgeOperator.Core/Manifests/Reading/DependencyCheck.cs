using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Whether what <c>dependsOn</c> names can be there on every device that may have the resource, and does not lead in a circle on any.</summary>
/// <param name="definitions">Of all devices.</param>
/// <param name="elsewhere">What may be taken to be there: other sources deliver it, or its own problems are reported already.</param>
internal sealed class DependencyCheck(IReadOnlyCollection<ReadResource> definitions, IReadOnlySet<ResourceId> elsewhere, ProblemCollector problems)
{
    /// <summary>Paths to follow: beyond, no cycle is claimed.</summary>
    private const int MostSteps = 100_000;

    private readonly ILookup<ResourceId, ReadResource> _byId = definitions.ToLookup(read => read.Resource.Id);
    private readonly HashSet<string> _cycles = [];
    private int _steps;

    public void Run()
    {
        foreach (var read in definitions)
        {
            foreach (var (target, where) in read.DependsOn.Where(dependency => !elsewhere.Contains(dependency.Target)))
                CheckTarget(read, target, where);
            if (DeviceClass.All.And(read.Selector) is { } devices)
                FindCycles([read], devices);
        }
    }

    private void CheckTarget(ReadResource read, ResourceId target, Position where)
    {
        if (!_byId.Contains(target))
        {
            var fix = Spelling.Closest(target.Name, _byId.Select(other => other.Key).Where(id => id.Kind == target.Kind && id != read.Resource.Id).Select(id => id.Name)) is { } close
                ? $"did you mean `{target.Kind}/{close}`?"
                : "add it, or remove it from dependsOn; what another source delivers has to be named on the same command line";
            problems.Add(where, $"{read.Resource.Id} depends on {target}, which is not among these manifests", fix);
        }
        else if (DeviceClass.All.And(read.Selector)?.Without([.. _byId[target].Select(other => other.Selector)]) is { } devices)
        {
            problems.Add(
                where,
                $"{read.Resource.Id} depends on {target}, which a device{devices} would not have",
                $"let their selectors agree; {target} is at {_byId[target].First().Resource.Origin}");
        }
    }

    /// <summary>Follows dependencies as long as some device can have all of the path; each cycle is reported once, at its first resource.</summary>
    private void FindCycles(List<ReadResource> path, DeviceClass devices)
    {
        if (++_steps > MostSteps)
            return;
        foreach (var next in path[^1].Resource.DependsOn.Where(id => id.Kind is not null).SelectMany(id => _byId[id]))
        {
            if (devices.And(next.Selector) is not { } left)
                continue;
            if (next == path[0])
                Report(path, left);
            else if (!path.Contains(next) && next.Resource.Id.CompareTo(path[0].Resource.Id) >= 0)
                FindCycles([.. path, next], left);
        }
    }

    private void Report(List<ReadResource> path, DeviceClass devices)
    {
        var cycle = string.Join(" → ", path.Append(path[0]).Select(read => read.Resource.Id));
        if (_cycles.Add(cycle))
            problems.Add(path[0].Resource.Origin, $"the dependencies form a cycle{ClaimCheck.On(devices)}: {cycle}", "remove one of them");
    }
}
