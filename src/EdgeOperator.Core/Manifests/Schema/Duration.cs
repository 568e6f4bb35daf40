namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Spans of time as the language writes them: <c>500ms</c>, <c>30s</c>, <c>1h30m</c>, <c>2d</c>.</summary>
public static class Duration
{
    /// <summary>Null when the text is none.</summary>
    public static TimeSpan? Parse(string text) => DurationType.Parse(text);
}
