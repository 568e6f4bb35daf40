using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Versions;

/// <summary>A version as semver.org 2.0.0 has it; build metadata is dropped, since it does not count.</summary>
public sealed partial record SemanticVersion(ulong Major, ulong Minor, ulong Patch, ImmutableArray<string> Prerelease)
    : IComparable<SemanticVersion>
{
    public bool IsPrerelease => !Prerelease.IsEmpty;

    /// <summary>Reads <c>1.2.3-rc.1+build</c>, with or without a leading <c>v</c>; null for anything else.</summary>
    public static SemanticVersion? Parse(string text)
    {
        var match = Shape().Match(text);
        return match.Success
            && ulong.TryParse(match.Groups[1].ValueSpan, out var major)
            && ulong.TryParse(match.Groups[2].ValueSpan, out var minor)
            && ulong.TryParse(match.Groups[3].ValueSpan, out var patch)
            ? new(major, minor, patch, match.Groups[4].Success ? [.. match.Groups[4].Value.Split('.')] : [])
            : null;
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
            return 1;

        var core = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return core != 0 ? core : ComparePrereleases(Prerelease, other.Prerelease);
    }

    public bool Equals(SemanticVersion? other) => other is not null && CompareTo(other) == 0;

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Major}.{Minor}.{Patch}{(IsPrerelease ? "-" + string.Join('.', Prerelease) : "")}";

    private static int ComparePrereleases(ImmutableArray<string> a, ImmutableArray<string> b)
    {
        // A release is newer than its candidates.
        if (a.IsEmpty || b.IsEmpty)
            return b.Length.CompareTo(a.Length);

        var difference = a.Zip(b, CompareIdentifiers).FirstOrDefault(c => c != 0);
        return difference != 0 ? difference : a.Length.CompareTo(b.Length);
    }

    private static int CompareIdentifiers(string a, string b) => (IsNumber(a), IsNumber(b)) switch
    {
        // Numbers of any length, without leading zeros: the longer is the larger.
        (true, true) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(a, b),
    };

    private static bool IsNumber(string identifier) => identifier.All(char.IsAsciiDigit);

    [GeneratedRegex(@"^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\z")]
    private static partial Regex Shape();
}
