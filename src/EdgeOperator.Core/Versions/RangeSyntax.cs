using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Versions;

/// <summary>Turns one alternative of a range into plain comparisons.</summary>
internal static partial class RangeSyntax
{
    private static readonly SemanticVersion Zero = new(0, 0, 0, []);

    /// <summary>Null when the text is not a range.</summary>
    public static VersionSet? ParseAlternative(string text)
    {
        // Flux takes commas as well.
        text = text.Replace(',', ' ');
        if (HyphenRange().Match(text) is { Success: true } hyphen)
            return PartialVersion.Parse(hyphen.Groups[1].Value) is { } from && PartialVersion.Parse(hyphen.Groups[2].Value) is { } to
                ? new([.. AtLeast(from), .. AtMost(to)], from.IsPrerelease || to.IsPrerelease)
                : null;

        // An operator may stand apart from its version.
        var parts = OperatorSpace().Replace(text, "$1").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var bounds = parts.Select(ParseSimple).ToArray();
        return bounds.All(b => b is not null)
            ? new([.. bounds.SelectMany(b => b!.Value.Bounds)], bounds.Any(b => b!.Value.IsPrerelease))
            : null;
    }

    private static (IEnumerable<VersionBound> Bounds, bool IsPrerelease)? ParseSimple(string text)
    {
        var sign = Operator().Match(text).Value;
        if (PartialVersion.Parse(text[sign.Length..]) is not { } version)
            return null;

        return (Bounds(sign, version), version.IsPrerelease);
    }

    private static IEnumerable<VersionBound> Bounds(string sign, PartialVersion version) => sign switch
    {
        "^" => Between(version, version.CaretEnd),
        "~" or "~>" => Between(version, version.TildeEnd),
        ">=" => AtLeast(version),
        "<=" => AtMost(version),
        ">" => After(version),
        "<" => Before(version),
        _ => version.IsFull ? [new(Comparison.Equal, version.Lowest)] : Between(version, version.End),
    };

    private static IEnumerable<VersionBound> Between(PartialVersion from, SemanticVersion? end) => [.. AtLeast(from), .. Below(end)];

    private static IEnumerable<VersionBound> AtLeast(PartialVersion version) => [new(Comparison.GreaterOrEqual, version.Lowest)];

    private static IEnumerable<VersionBound> AtMost(PartialVersion version) =>
        version.IsFull ? [new(Comparison.LessOrEqual, version.Lowest)] : Below(version.End);

    private static IEnumerable<VersionBound> After(PartialVersion version) =>
        version.IsFull ? [new(Comparison.Greater, version.Lowest)]
        : version.End is { } end ? [new(Comparison.GreaterOrEqual, end with { Prerelease = [] })]
        : Nothing;

    private static IEnumerable<VersionBound> Before(PartialVersion version) =>
        version.IsFull ? [new(Comparison.Less, version.Lowest)] : Below(version.Lowest with { Prerelease = ["0"] });

    private static IEnumerable<VersionBound> Below(SemanticVersion? end) => end is null ? [] : [new(Comparison.Less, end)];

    private static IEnumerable<VersionBound> Nothing => [new(Comparison.Less, Zero with { Prerelease = ["0"] })];

    [GeneratedRegex(@"^\s*(\S+)\s+-\s+(\S+)\s*\z")]
    private static partial Regex HyphenRange();

    [GeneratedRegex(@"(\^|~>?|>=?|<=?|=)\s+")]
    private static partial Regex OperatorSpace();

    [GeneratedRegex(@"^(\^|~>?|>=?|<=?|=)?")]
    private static partial Regex Operator();
}
