using System.Globalization;

namespace EdgeOperator.Portal.Components;

/// <summary>How long something is ago, in words that don't change with every second.</summary>
public static class Ago
{
    /// <param name="at">In UTC.</param>
    public static string Text(TimeSpan ago, DateTime at) => ago switch
    {
        { TotalSeconds: < -60 } => $"in {Words(-ago)}",
        { TotalSeconds: < 10 } => "just now",
        { TotalDays: > 30 } => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => $"{Words(ago)} ago",
    };

    /// <summary>How long something takes.</summary>
    public static string Span(TimeSpan span) => Words(span);

    private static string Words(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds / 10 * 10} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} days",
    };
}
