using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Functions.Hosting;

/// <summary>
/// Whether an app may run at a moment. Windows that touch or overlap are one. Where the clocks are put forward, a time
/// that does not exist is the moment of the change; where they are put back, a window begins at the first and ends at
/// the second of two equal times, so that none is shorter than it says.
/// </summary>
public static class RunSchedule
{
    // A window a week, of a day at most, begins or ends within this; what goes on for longer never ends.
    private const int Horizon = 9;

    /// <param name="windows">Empty for always.</param>
    /// <param name="device">For windows without a time zone.</param>
    /// <exception cref="TimeZoneNotFoundException">A window's time zone is unknown here.</exception>
    public static ScheduleState At(ImmutableArray<RunWindow> windows, DateTimeOffset now, TimeZoneInfo device)
    {
        if (windows.IsDefaultOrEmpty)
            return new(true, null);

        var horizon = now.AddDays(Horizon - 1);
        DateTimeOffset? end = null;
        foreach (var (from, to) in windows.SelectMany(w => Stretches(w, now, device)).OrderBy(s => s.From))
        {
            if (to <= now)
                continue;

            if (from > (end ?? now))
                return end is null ? new(false, from) : new(true, end);

            end = end is { } so && so > to ? so : to;
        }

        return end is null ? new(false, null) : new(true, end < horizon ? end : null);
    }

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Stretches(RunWindow window, DateTimeOffset now, TimeZoneInfo device)
    {
        var zone = window.TimeZone is { } name ? TimeZoneInfo.FindSystemTimeZoneById(name) : device;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        for (var day = today.AddDays(-2); day <= today.AddDays(Horizon); day = day.AddDays(1))
        {
            if (!window.Days.IsDefaultOrEmpty && !window.Days.Contains(day.DayOfWeek))
                continue;

            var last = window.End <= window.Start ? day.AddDays(1) : day;
            var (from, to) = (Instant(day.ToDateTime(window.Start), zone, first: true), Instant(last.ToDateTime(window.End), zone, first: false));
            if (from < to)
                yield return (from, to);
        }
    }

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone, bool first)
    {
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            return new DateTimeOffset(local, first ? offsets.Max() : offsets.Min()).ToUniversalTime();
        }

        if (!zone.IsInvalidTime(local))
            return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();

        // The offset before the gap gives a moment after it; as far after as the time lies inside the gap.
        var before = zone.GetUtcOffset(local.AddHours(-3));
        var inside = local;
        while (zone.IsInvalidTime(inside.AddMinutes(-1)))
            inside = inside.AddMinutes(-1);

        return new DateTimeOffset(inside, before).ToUniversalTime();
    }
}

/// <param name="IsInside">The app may run.</param>
/// <param name="NextSwitch">When that changes; null for never.</param>
public readonly record struct ScheduleState(bool IsInside, DateTimeOffset? NextSwitch);
