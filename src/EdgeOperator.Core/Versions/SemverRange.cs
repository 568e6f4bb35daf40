using System.Collections.Immutable;

namespace EdgeOperator.Core.Versions;

/// <summary>
/// A set of versions, written as npm and Flux have it: <c>^1.2</c>, <c>~1.2.3</c>, <c>1.x</c>, <c>&gt;=1.2.0 &lt;2.0.0</c>,
/// <c>1.2 - 2.3</c>, alternatives joined by <c>||</c>. Pre-releases are in the set only where the alternative names one:
/// <c>&gt;=1.2.0-0 &lt;2.0.0</c> has all of them within its bounds, as Flux has it (npm has only those of 1.2.0).
/// </summary>
public sealed class SemverRange
{
    private readonly string _text;
    private readonly ImmutableArray<VersionSet> _alternatives;

    private SemverRange(string text, ImmutableArray<VersionSet> alternatives) => (_text, _alternatives) = (text, alternatives);

    /// <summary>Null when the text is not a range.</summary>
    public static SemverRange? Parse(string text)
    {
        var alternatives = text.Split("||").Select(RangeSyntax.ParseAlternative).ToArray();
        return alternatives.All(a => a is not null) ? new(text, [.. alternatives.Select(a => a!)]) : null;
    }

    public bool Contains(SemanticVersion version) => _alternatives.Any(set => set.Contains(version));

    public override string ToString() => _text;
}
