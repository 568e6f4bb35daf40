namespace EdgeOperator.Cli.Output;

/// <summary>Moments and durations as text: how long ago for people, UTC in ISO 8601 for programs.</summary>
internal sealed class Times(bool relative, TimeProvider time)
{
    public string Moment(DateTimeOffset? at) => at switch
    {
        null => "",
        { } moment when relative => $"{Span(time.GetUtcNow() - moment)} ago",
        { } moment => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
    };

    /// <summary>A moment that is yet to come.</summary>
    public string Ahead(DateTimeOffset? at) => relative && at is { } moment ? $"in {Span(moment - time.GetUtcNow())}" : Moment(at);

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0 } => "0s",
        { TotalMinutes: < 2 } => $"{(int)span.TotalSeconds}s",
        { TotalHours: < 2 } => $"{(int)span.TotalMinutes}m",
        { TotalDays: < 2 } => $"{(int)span.TotalHours}h",
        _ => $"{(int)span.TotalDays}d",
    };
}
