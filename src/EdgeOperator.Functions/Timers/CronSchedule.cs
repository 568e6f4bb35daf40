using NCrontab;

namespace EdgeOperator.Functions.Timers;

/// <summary>
/// An NCRONTAB expression on a time zone's clock. When the clock is put forward, what falls into the hour that is left
/// out is due as much later (02:30 at 03:30). When it is put back, an expression that names its times (neither
/// <c>*</c> nor <c>-</c> nor <c>/</c> in seconds, minutes and hours) is due in the first of the two hours alone; any
/// other goes on in both. That is what the cloud's own timers do on such days, save for their slips.
/// </summary>
internal sealed class CronSchedule : Schedule
{
    private static readonly long Horizon = TimeSpan.FromDays(50 * 366).Ticks;

    private readonly CrontabSchedule _cron;
    private readonly Clock _clock;
    private readonly string _text;
    private readonly bool _namesTimes;

    private CronSchedule(string text, CrontabSchedule cron, Clock clock)
    {
        (_text, _cron, _clock) = (text, cron, clock);
        var fields = text.Split(' ');
        _namesTimes = !fields[..(fields.Length - 3)].Any(field => field.AsSpan().ContainsAny('*', '-', '/'));
    }

    public override bool FollowsClock => true;

    public static CronSchedule Parse(string text, Clock clock)
    {
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = text.Count(c => c == ' ') == 5 };
        var schedule = CrontabSchedule.TryParse(text, options) is { } cron
            ? new CronSchedule(text, cron, clock)
            : throw new FormatException($"The schedule \"{text}\" is no NCRONTAB expression: {Complaint(text, options)}");

        // 2000 to 2050 has every combination of date and weekday.
        return schedule.Next(new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)) is null
            ? throw new FormatException($"The schedule \"{text}\" names a date that never comes")
            : schedule;
    }

    public override bool IsFrequent(DateTimeOffset now) =>
        Next(now) is { } first && Next(first) is { } second && second < now + TimeSpan.FromMinutes(1);

    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        // A stretch is the time between two changes of the clock.
        var (from, began) = (after.UtcTicks, _clock.LastChange(after.UtcTicks));
        while (true)
        {
            var due = NextInStretch(from, began, out var start);
            if (_clock.NextChange(Math.Max(start, began ?? start), Math.Min(due, start + Horizon)) is not { } change)
                return due - start >= Horizon ? null : TimeZoneInfo.ConvertTime(new DateTimeOffset(due, TimeSpan.Zero), _clock.Zone);
            (from, began) = (change - 1, change);
        }
    }

    public override string ToString() => _text;

    // Were the clock not changed again.
    private long NextInStretch(long from, long? began, out long start)
    {
        start = from;
        if (began is not { } change)
            return NextByOffset(from, _clock.Offset(from));

        var (before, offset) = (_clock.Offset(change - 1), _clock.Offset(change));
        if (offset < before)
        {
            start = _namesTimes ? Math.Max(from, change + before - offset - 1) : from;
            return NextByOffset(start, offset);
        }

        // The clock that was not put forward tells when the times are due that are left out.
        var late = NextByOffset(from, before);
        return Math.Min(NextByOffset(from, offset), late < change + offset - before ? late : long.MaxValue);
    }

    private long NextByOffset(long after, long offset)
    {
        var local = new DateTime(after + offset);
        var end = local.AddTicks(Math.Min(Horizon * 2, DateTime.MaxValue.Ticks - local.Ticks));
        var next = _cron.GetNextOccurrence(local, end);
        return next.Ticks - offset;
    }

    private static string Complaint(string text, CrontabSchedule.ParseOptions options)
    {
        try
        {
            _ = CrontabSchedule.Parse(text, options);
            return "";
        }
        catch (CrontabException e)
        {
            return e.Message;
        }
    }
}
