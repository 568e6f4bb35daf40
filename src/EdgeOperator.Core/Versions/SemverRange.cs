using System.Collections.Immutable;

namespace EdgeOperator.Core.Versions;

/// <summary>
/// A set of versions, written as npm does: <c>^1.2</c>, <c>~1.2.3</c>, <c>1.x</c>, <c>&gt;=1.2.0 &lt;2.0.0</c>,
/// <c>1.2 - 2.3</c>, alternatives joined by <c>||</c>. A pre-release is in the set only where the range names one of the same
/// version: <c>&gt;=1.2.0-rc.1</c> has <c>1.2.0-rc.2</c>, and not <c>1.3.0-rc.1</c>.
/// </summary>
public sealed class SemverRange
{
    private readonly string _text;
    private readonly ImmutableArray<ImmutableArray<VersionBound>> _alternatives;

    private SemverRange(string text, ImmutableArray<ImmutableArray<VersionBound>> alternatives) =>
        (_text, _alternatives) = (text, alternatives);

    /// <summary>Null when the text is not a range.</summary>
    public static SemverRange? Parse(string text)
    {
        var alternatives = text.Split("||").Select(RangeSyntax.ParseAlternative).ToArray();
        return alternatives.All(a => a is not null) ? new(text, [.. alternatives.Select(a => a!.Value)]) : null;
    }

    public bool Contains(SemanticVersion version) => _alternatives.Any(bounds => Contains(bounds, version));

    public override string ToString() => _text;

    private static bool Contains(ImmutableArray<VersionBound> bounds, SemanticVersion version) =>
        bounds.All(b => b.Admits(version)) && (!version.IsPrerelease || bounds.Any(b => b.NamesPrereleaseOf(version)));
}
