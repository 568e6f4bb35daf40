using System.Collections.Immutable;
using Cronos;

namespace EdgeOperator.Core.Schedules;

/// <summary>
/// When something that disturbs may begin: at the times of a cron expression in a time zone, for a while. Where clocks are put forward,
/// an opening in the hour that is left out begins at the change; where they are put back, one that names its hour begins in the first of
/// the two. Durations are real time. A window whose zone is not known here never opens, and says so by <see cref="Problem"/>.
/// </summary>
public sealed record MaintenanceWindow
{
    /// <summary>How far ahead an opening is looked for.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(5 * 366);

    /// <summary>Five fields (minute, hour, day of month, month, day of week) or a macro such as <c>@daily</c>: when it opens.</summary>
    public required string Cron { get; init; }

    /// <summary>From a minute to a week.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>A name of the IANA database.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>
    /// For how long after its end a window may still be used by a device that came up after it only; zero for waiting until the next one.
    /// </summary>
    public TimeSpan GraceAfterMissed { get; init; }

    /// <summary>Days that it stays closed on; see <see cref="Blackout"/>.</summary>
    public ImmutableArray<string> Blackouts { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Why it never opens, for people; null when it does.</summary>
    public string? Problem(DateTimeOffset now) =>
        TimeZones.Find(TimeZone) is null ? TimeZones.Unknown(TimeZone)
        : Next(now) is null && At(now) is null ? $"{this} does not open within the next five years"
        : null;

    /// <summary>The opening that a moment is in; the one that ends last, when several overlap. Null when it is closed.</summary>
    /// <param name="runningSince">
    /// Since when the device has been able to use windows without a break; what ended before was missed. Null leaves
    /// <see cref="GraceAfterMissed"/> out.
    /// </param>
    public Opening? At(DateTimeOffset moment, DateTimeOffset? runningSince = null)
    {
        if (TimeZones.Find(TimeZone) is not { } zone)
            return null;
        var grace = runningSince is null ? TimeSpan.Zero : GraceAfterMissed;
        Opening? missed = null;
        Opening? open = null;
        foreach (var start in Expression().GetOccurrences(moment - Duration - grace, moment, zone, fromInclusive: false, toInclusive: true))
        {
            if (Opening(start, zone) is not { } opening)
                continue;
            if (moment < opening.Until)
                open = open is { } other && other.Until > opening.Until ? other : opening;
            else if (opening.Until <= runningSince && moment < opening.Until + grace && !IsBlackout(DayOf(moment, zone)))
                missed = new(opening.From, opening.Until + grace, IsMissed: true);
        }

        return open ?? missed;
    }

    /// <summary>Whether something may begin.</summary>
    public bool IsOpen(DateTimeOffset moment, DateTimeOffset? runningSince = null) => At(moment, runningSince) is not null;

    /// <summary>The first opening that begins after a moment; null when none does within <see cref="Horizon"/>.</summary>
    public Opening? Next(DateTimeOffset after)
    {
        if (TimeZones.Find(TimeZone) is not { } zone)
            return null;
        var expression = Expression();
        for (var from = after; expression.GetNextOccurrence(from, zone) is { } start && start - after <= Horizon;)
        {
            if (Opening(start, zone) is { } opening)
                return opening;
            from = StartOf(DayOf(start, zone).AddDays(1), zone).AddTicks(-1);
        }

        return null;
    }

    /// <summary>In words: <c>Sat at 02:00 for 4h (Europe/Berlin)</c>.</summary>
    public override string ToString() => WindowText.Of(this);

    /// <summary>When it is open or opens next, in words.</summary>
    public string Describe(DateTimeOffset now, DateTimeOffset? runningSince = null) => WindowText.Of(this, now, runningSince);

    public bool Equals(MaintenanceWindow? other) => other is not null
        && (Cron, Duration, TimeZone, GraceAfterMissed) == (other.Cron, other.Duration, other.TimeZone, other.GraceAfterMissed)
        && Blackouts.AsSpan().SequenceEqual(other.Blackouts.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Cron, Duration, TimeZone, GraceAfterMissed, Blackouts.Length);

    private Opening? Opening(DateTimeOffset start, TimeZoneInfo zone)
    {
        var until = start + Duration;
        for (var day = DayOf(start, zone); day <= DayOf(until, zone); day = day.AddDays(1))
        {
            if (!IsBlackout(day))
                continue;
            var begin = StartOf(day, zone);
            if (begin <= start)
                return null;
            until = begin < until ? begin : until;
            break;
        }

        return new(start, TimeZoneInfo.ConvertTime(until, zone));
    }

    private CronExpression Expression() => CronExpression.Parse(Cron);

    private bool IsBlackout(DateOnly day) => Blackouts.Any(text => Blackout.Parse(text) is { } days && days.Contains(day));

    private static DateOnly DayOf(DateTimeOffset moment, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);

    // The first moment of a day, also where its midnight does not exist or exists twice.
    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new(midnight, offset);
    }
}
