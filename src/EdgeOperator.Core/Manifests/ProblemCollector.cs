using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>Gathers everything wrong with the input, so that all of it is reported at once.</summary>
public sealed class ProblemCollector
{
    private readonly List<Problem> _problems = [];
    private readonly List<Problem> _warnings = [];
    private readonly SortedSet<string> _openVariables = new(StringComparer.Ordinal);

    public int Count => _problems.Count;

    public ImmutableArray<Problem> Problems => [.. _problems];

    public ImmutableArray<Problem> Warnings => [.. _warnings];

    /// <summary>Variables that a device has to have a value for, by name; known only where manifests are read for no device.</summary>
    public IReadOnlyCollection<string> OpenVariables => _openVariables;

    /// <summary>The problems as one reads them: by file, from top to bottom.</summary>
    public ImmutableArray<Problem> SortedProblems => Sorted(_problems);

    /// <summary>The warnings as one reads them: by file, from top to bottom.</summary>
    public ImmutableArray<Problem> SortedWarnings => Sorted(_warnings);

    /// <summary>Something that makes the input unusable.</summary>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="fix">What to do about it.</param>
    public void Add(Position where, string what, string fix) => _problems.Add(new(where, what, fix));

    /// <summary>Something that is accepted but worth a look.</summary>
    public void Warn(Position where, string what, string fix) => _warnings.Add(new(where, what, fix));

    /// <summary>A variable that a device has to have a value for.</summary>
    public void AddOpenVariable(string name) => _openVariables.Add(name);

    public void Add(Problem problem) => _problems.Add(problem);

    public void AddAll(ProblemCollector other)
    {
        _problems.AddRange(other._problems);
        _warnings.AddRange(other._warnings);
        _openVariables.UnionWith(other._openVariables);
    }

    private static ImmutableArray<Problem> Sorted(List<Problem> problems) =>
        [.. problems.OrderBy(p => p.Where.File, StringComparer.Ordinal).ThenBy(p => p.Where.Line).ThenBy(p => p.Where.Column)];
}
