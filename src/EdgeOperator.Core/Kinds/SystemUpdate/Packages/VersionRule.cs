using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Packages;

/// <summary>Which versions of a package are wanted: <c>latest</c>, one such as <c>1.22.1-9</c>, or a range such as <c>&gt;= 1.22, &lt;&lt; 2</c>.</summary>
public sealed partial record VersionRule(ImmutableArray<VersionLimit> Limits)
{
    public const string LatestWord = "latest";

    public static VersionRule Latest { get; } = new([]);

    public bool IsLatest => Limits.IsEmpty;

    /// <summary>The one version that is wanted; null for latest or a range.</summary>
    public string? Exact => Limits is [{ Relation: "=" } only] ? only.Version : null;

    /// <summary>Null when the text is none.</summary>
    public static VersionRule? Parse(string text)
    {
        if (text == LatestWord)
            return Latest;
        if (Version().IsMatch(text))
            return new([new("=", text)]);
        var limits = text.Split(',', StringSplitOptions.TrimEntries).Select(part => Limit().Match(part)).ToList();
        return limits.TrueForAll(match => match.Success)
            ? new([.. limits.Select(match => new VersionLimit(Strict(match.Groups[1].Value), match.Groups[2].Value))])
            : null;
    }

    public bool Allows(string version) => Limits.All(limit => limit.Allows(version));

    /// <summary>The newest of some versions that is allowed; null when none is.</summary>
    public string? Newest(IEnumerable<string> versions) =>
        versions.Where(Allows).OrderDescending(Comparer<string>.Create(DebianVersion.Compare)).FirstOrDefault();

    public bool Equals(VersionRule? other) => other is not null && Limits.AsSpan().SequenceEqual(other.Limits.AsSpan());

    public override int GetHashCode() => Limits.Length;

    public override string ToString() => IsLatest ? LatestWord : Exact ?? string.Join(", ", Limits);

    // Debian reads < as <=, which nobody expects.
    private static string Strict(string relation) => relation is "<" or ">" ? relation + relation : relation;

    [GeneratedRegex(@"^([0-9]+:)?[0-9][A-Za-z0-9.+~-]*\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"^(<<|<=|=|>=|>>|<|>) *((?:[0-9]+:)?[0-9][A-Za-z0-9.+~-]*)\z")]
    private static partial Regex Limit();
}

/// <param name="Relation"><c>&lt;&lt;</c>, <c>&lt;=</c>, <c>=</c>, <c>&gt;=</c> or <c>&gt;&gt;</c>, as in Debian's dependencies.</param>
public sealed record VersionLimit(string Relation, string Version)
{
    public bool Allows(string version) => (Relation, DebianVersion.Compare(version, Version)) switch
    {
        ("<<", var order) => order < 0,
        ("<=", var order) => order <= 0,
        (">=", var order) => order >= 0,
        (">>", var order) => order > 0,
        (_, var order) => order == 0,
    };

    public override string ToString() => $"{Relation} {Version}";
}
