namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Spans of time as the language writes them: <c>500ms</c>, <c>30s</c>, <c>1h30m</c>, <c>2d</c>.</summary>
public static class Duration
{
    /// <summary>Null when the text is none.</summary>
    public static TimeSpan? Parse(string text) => DurationType.Parse(text);

    /// <summary>To the second: <c>1d4h</c>, <c>1h30m</c>, <c>45s</c>; nothing is before <c>0s</c>.</summary>
    public static string Write(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1))
            return "0s";
        (int Amount, string Unit)[] parts = [(span.Days, "d"), (span.Hours, "h"), (span.Minutes, "m"), (span.Seconds, "s")];
        return string.Concat(parts.Where(part => part.Amount > 0).Select(part => $"{part.Amount}{part.Unit}"));
    }
}
