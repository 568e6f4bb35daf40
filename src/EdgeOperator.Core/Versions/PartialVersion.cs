using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Versions;

/// <summary>A version of which only the front may be given: <c>1</c>, <c>1.2</c>, <c>1.2.x</c>, <c>*</c>, <c>1.2.3-rc.1</c>.</summary>
internal sealed partial record PartialVersion(ulong? Major, ulong? Minor, ulong? Patch, ImmutableArray<string> Prerelease)
{
    // Larger numbers could not be followed by another.
    private const ulong MaxNumber = 1UL << 53;

    public bool IsFull => Patch is not null;

    public bool IsPrerelease => !Prerelease.IsEmpty;

    /// <summary>The lowest version that has this front.</summary>
    public SemanticVersion Lowest => new(Major ?? 0, Minor ?? 0, Patch ?? 0, Prerelease);

    /// <summary>What every version with this front is below; null when any version has it. Only for versions that are not full.</summary>
    public SemanticVersion? End => (Major, Minor) switch
    {
        (null, _) => null,
        ({ } major, null) => Limit(major + 1, 0, 0),
        ({ } major, { } minor) => Limit(major, minor + 1, 0),
    };

    /// <summary>The end of <c>~</c>: the last given number but the major one may grow.</summary>
    public SemanticVersion? TildeEnd => (this with { Patch = null }).End;

    /// <summary>The end of <c>^</c>: everything right of the first number that is not zero may grow.</summary>
    public SemanticVersion? CaretEnd => this switch
    {
        { Major: null } => null,
        { Major: > 0 } or { Minor: null } => Limit(Major.Value + 1, 0, 0),
        { Minor: > 0 } or { Patch: null } => Limit(0, Minor.Value + 1, 0),
        _ => Limit(0, 0, Patch.Value + 1),
    };

    /// <summary>Null when the text is not a version's front.</summary>
    public static PartialVersion? Parse(string text)
    {
        if (SemanticVersion.Parse(text) is { } full)
            return new[] { full.Major, full.Minor, full.Patch }.All(n => n < MaxNumber)
                ? new(full.Major, full.Minor, full.Patch, full.Prerelease)
                : null;

        var match = Shape().Match(text);
        if (!match.Success)
            return null;

        // What follows a wildcard is one too.
        var major = Number(match.Groups[1]);
        var minor = major is null ? null : Number(match.Groups[2]);
        var patch = minor is null ? null : Number(match.Groups[3]);

        // All three, and yet no version: a number is too large for one.
        return patch is not null || major >= MaxNumber || minor >= MaxNumber ? null : new(major, minor, null, []);
    }

    private static SemanticVersion Limit(ulong major, ulong minor, ulong patch) => new(major, minor, patch, ["0"]);

    private static ulong? Number(Group group) =>
        !group.Success || group.Value is "x" or "X" or "*" ? null : ulong.TryParse(group.ValueSpan, out var number) ? number : MaxNumber;

    [GeneratedRegex(@"^v?(x|X|\*|0|[1-9][0-9]*)(?:\.(x|X|\*|0|[1-9][0-9]*)(?:\.(x|X|\*|0|[1-9][0-9]*))?)?\z")]
    private static partial Regex Shape();
}
