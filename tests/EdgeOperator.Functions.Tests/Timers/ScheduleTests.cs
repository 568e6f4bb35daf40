using EdgeOperator.Functions.Timers;
using FsCheck;
using FsCheck.Fluent;
using NCrontab;

namespace EdgeOperator.Functions.Tests.Timers;

public class ScheduleTests
{
    private static readonly string[] Expressions =
    [
        "0 */5 * * * *", "*/7 * * * * *", "30 15 2 * * *", "0 30 1,2,3 * * *", "0 0 */2 * * *", "0 0 0 1 * *", "15 10 9-17 * * 1-5",
        "0 59 23 31 12 *", "0 0 12 29 2 *", "0 0 3 * * Sun", "*/10 * * * *", "30 2 * * *",
    ];

    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Antarctica/Troll"];

    private static readonly Gen<DateTimeOffset> Times =
        Gen.Choose(0, int.MaxValue).Select(seconds => new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds / 4).AddTicks(seconds % 10_000_000));

    private static readonly Gen<(string Expression, string Zone, DateTimeOffset Now)> Cases =
        from expression in Gen.Elements(Expressions)
        from zone in Gen.Elements(Zones)
        from now in Times
        select (expression, zone, now);

    [Fact]
    public void What_is_next_is_after_now() => Prop.ForAll(
        Arb.From(Cases),
        c => Of(c.Expression, c.Zone).Next(c.Now) > c.Now).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_is_due_between_now_and_next() => Prop.ForAll(
        Arb.From(from c in Cases from share in Gen.Choose(0, 999) select (Case: c, Share: share)),
        x =>
        {
            var schedule = Of(x.Case.Expression, x.Case.Zone);
            var next = schedule.Next(x.Case.Now)!.Value;
            return schedule.Next(x.Case.Now + ((next - x.Case.Now) * x.Share / 1000)) == next;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_UTC_it_is_what_NCrontab_says() => Prop.ForAll(
        Arb.From(Cases),
        c => Of(c.Expression, "UTC").Next(c.Now)!.Value.UtcDateTime == CrontabSchedule.Parse(
            c.Expression, new() { IncludingSeconds = c.Expression.Count(x => x == ' ') == 5 }).GetNextOccurrence(c.Now.UtcDateTime)).QuickCheckThrowOnFailure();

    [Fact]
    public void Around_changes_of_the_clock_it_is_what_the_rule_says() => Prop.ForAll(
        Arb.From(
            from hour in Gen.Elements("1", "2", "3", "1,2", "*", "*/2", "0-3")
            from minute in Gen.Elements("0", "15,40", "*/20", "59")
            from zone in Gen.Elements(Zones)
            from change in Gen.Elements(Changes(zone))
            from before in Gen.Choose(-300, 300)
            select (Expression: $"0 {minute} {hour} * * *", Zone: zone, Now: change.AddMinutes(before))),
        c => Of(c.Expression, c.Zone).Next(c.Now) == MinuteByMinute(c.Expression, c.Zone, c.Now)).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("2026-03-29T00:59:00Z", "0 30 2 * * *", "2026-03-29T03:30:00+02:00")] // left out: as much later
    [InlineData("2026-03-29T00:10:00Z", "0 */30 * * * *", "2026-03-29T01:30:00+01:00")]
    [InlineData("2026-03-29T00:30:00Z", "0 */30 * * * *", "2026-03-29T03:00:00+02:00")]
    [InlineData("2026-10-24T23:00:00Z", "0 30 2 * * *", "2026-10-25T02:30:00+02:00")] // the first of two
    [InlineData("2026-10-25T00:30:00Z", "0 30 2 * * *", "2026-10-26T02:30:00+01:00")] // and not the second
    [InlineData("2026-10-25T01:10:00Z", "0 30 2 * * *", "2026-10-26T02:30:00+01:00")] // nor for who starts in between
    [InlineData("2026-10-25T00:30:00Z", "0 */30 * * * *", "2026-10-25T02:00:00+01:00")] // both
    [InlineData("2026-10-25T00:30:00Z", "0 0 0-2 * * *", "2026-10-25T02:00:00+01:00")]
    [InlineData("2026-10-25T01:30:00Z", "0 0 0-2 * * *", "2026-10-26T00:00:00+01:00")]
    public void Summer_time_begins_and_ends(string now, string expression, string next) =>
        Of(expression, "Europe/Berlin").Next(DateTimeOffset.Parse(now, null)).Should().BeExactly(DateTimeOffset.Parse(next, null));

    [Fact]
    public void Five_fields_have_no_seconds() =>
        Of("30 2 * * *", "UTC").Next(new(2026, 1, 1, 0, 0, 7, TimeSpan.Zero)).Should().Be(new DateTimeOffset(2026, 1, 1, 2, 30, 0, TimeSpan.Zero));

    [Fact]
    public void A_time_span_is_the_time_to_the_next() =>
        Of("1.00:00:05", "Europe/Berlin").Next(DateTimeOffset.UnixEpoch).Should().Be(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(5));

    [Theory]
    [InlineData("every day", "*neither an NCRONTAB expression*nor a time span*")]
    [InlineData("0 99 * * * *", "*is no NCRONTAB expression: *99*")]
    [InlineData("0 0 0 31 2 *", "*names a date that never comes")]
    [InlineData("00:00:00", "*longer than nothing")]
    [InlineData("-00:05:00", "*longer than nothing")]
    [InlineData("", "*neither an NCRONTAB expression*")]
    public void What_is_no_schedule_is_told(string text, string message) =>
        FluentActions.Invoking(() => Of(text, "UTC")).Should().Throw<FormatException>().WithMessage(message);

    [Theory]
    [InlineData("*/30 * * * * *", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("00:00:59", true)]
    [InlineData("00:01:00", false)]
    public void Frequent_is_more_often_than_a_minute(string text, bool frequent) =>
        Of(text, "UTC").IsFrequent(DateTimeOffset.UnixEpoch.AddSeconds(11)).Should().Be(frequent);

    private static Schedule Of(string text, string zone) => Schedule.Parse(text, TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset[] Changes(string zone)
    {
        var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var hours = Enumerable.Range(0, 24 * 366).Select(h => new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(h)).ToArray();
        var changes = hours.Where(h => info.GetUtcOffset(h) != info.GetUtcOffset(h.AddHours(1))).ToArray();
        return changes.Length > 0 ? changes : [hours[7]];
    }

    // The rule itself, asked of each minute.
    private static DateTimeOffset MinuteByMinute(string expression, string zone, DateTimeOffset now)
    {
        var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var cron = CrontabSchedule.Parse(expression, new() { IncludingSeconds = true });
        var namesTimes = !expression[..^6].Any(c => c is '*' or '-' or '/');
        for (var at = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero).AddMinutes(1); ; at = at.AddMinutes(1))
        {
            var local = TimeZoneInfo.ConvertTime(at, info).DateTime;
            var second = info.IsAmbiguousTime(local) && info.GetUtcOffset(at) == info.GetAmbiguousTimeOffsets(local).Min();
            if (Matches(cron, local) && !(namesTimes && second))
                return at;
            foreach (var late in new[] { 30, 60, 120 })
            {
                var missing = local.AddMinutes(-late);
                if (info.IsInvalidTime(missing) && info.GetUtcOffset(at) - info.GetUtcOffset(at.AddMinutes(-late)) == TimeSpan.FromMinutes(late) && Matches(cron, missing))
                    return at;
            }
        }
    }

    private static bool Matches(CrontabSchedule cron, DateTime local) => cron.GetNextOccurrence(local.AddTicks(-1)) == local;
}
