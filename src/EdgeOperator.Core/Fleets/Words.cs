using System.Globalization;

namespace EdgeOperator.Core.Fleets;

/// <summary>Numbers, names and times as reasons have them.</summary>
internal static class Words
{
    private const int MostNames = 3;

    public static string Count(int count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");

    /// <summary>Some names, and how many more there are.</summary>
    public static string Names(IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        return all.Count <= MostNames ? string.Join(", ", all) : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", all.Take(MostNames))} and {all.Count - MostNames} more");
    }

    /// <summary>The two greatest units: <c>2d 3h</c>, <c>5m</c>, <c>40s</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { Days: > 0 } => Joined($"{span.Days}d", span.Hours, "h"),
        { Hours: > 0 } => Joined($"{span.Hours}h", span.Minutes, "m"),
        { Minutes: > 0 } => Joined($"{span.Minutes}m", span.Seconds, "s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)Math.Ceiling(span.TotalSeconds))}s"),
    };

    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The beginning of a commit's id; anything else as it is.</summary>
    public static string Revision(string revision) => FleetRevision.CommitOf(revision) is var commit && commit.Length >= 40 && commit.All(char.IsAsciiHexDigit) ? commit[..8] : commit;

    private static string Joined(string first, int rest, string unit) => rest == 0 ? first : string.Create(CultureInfo.InvariantCulture, $"{first} {rest}{unit}");
}
