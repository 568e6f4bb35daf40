using System.Globalization;

namespace EdgeOperator.Functions.Timers;

/// <summary>When a timer is due. Pure: the same question has the same answer.</summary>
public abstract class Schedule
{
    private protected Schedule()
    {
    }

    /// <summary>Whether the clock's changes for summer move what is due.</summary>
    public abstract bool FollowsClock { get; }

    /// <summary>The first time after <paramref name="after"/>; null when it never comes (within 50 years).</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>
    /// Whether it is due more than once in the minute after <paramref name="now"/>: what is missed of such a timer is
    /// not worth making up for, nor remembering each time it fires.
    /// </summary>
    public abstract bool IsFrequent(DateTimeOffset now);

    /// <summary>Reads a schedule of six fields (second minute hour day month weekday), five (without seconds), or a time span.</summary>
    /// <exception cref="FormatException">It is none of them, or never due; the message says what it may be.</exception>
    public static Schedule Parse(string text, TimeZoneInfo zone)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is 5 or 6)
            return CronSchedule.Parse(string.Join(' ', fields), new(zone));
        if (fields.Length == 1 && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var period))
        {
            return period > TimeSpan.Zero
                ? new PeriodSchedule(period)
                : throw new FormatException($"The schedule {text} must be longer than nothing");
        }

        throw new FormatException(
            $"The schedule \"{text}\" is neither an NCRONTAB expression such as \"0 */5 * * * *\" (second minute hour day month weekday) nor a time span such as \"00:05:00\"");
    }
}

/// <summary>A fixed time after the last.</summary>
internal sealed class PeriodSchedule(TimeSpan period) : Schedule
{
    public override bool FollowsClock => false;

    public override DateTimeOffset? Next(DateTimeOffset after) => period < DateTimeOffset.MaxValue - after ? after + period : null;

    public override bool IsFrequent(DateTimeOffset now) => period < TimeSpan.FromMinutes(1);

    public override string ToString() => period.ToString();
}
