using EdgeOperator.Core.Schedules;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Schedules;

public sealed class MaintenanceWindowProperties
{
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Pacific/Apia", "Africa/Casablanca"];

    private static readonly Arbitrary<(MaintenanceWindow Window, DateTimeOffset Moment)> Any = Arb.From(
        from minute in Gen.Elements("0", "30", "*/15", "59")
        from hour in Gen.Elements("0", "1", "2", "3", "23", "*/6", "*")
        from days in Gen.Elements("*", "6", "1-5", "0")
        from duration in Gen.Choose(1, 60 * 30)
        from zone in Gen.Elements(Zones)
        from blackouts in Gen.Elements<string[]>([], ["12-20/01-06"], ["03-28", "10-25/10-26"], ["2026-12-24/2027-02-01", "02-29"])
        from minutes in Gen.Choose(0, 3 * 365 * 24 * 60)
        select (new MaintenanceWindow { Cron = $"{minute} {hour} * * {days}", Duration = TimeSpan.FromMinutes(duration), TimeZone = zone, Blackouts = [.. blackouts] },
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes)));

    [Fact]
    public void It_is_open_from_the_beginning_of_each_opening_up_to_its_end() => Hold((window, moment) =>
    {
        var next = window.Next(moment)!.Value;
        window.IsOpen(next.From).Should().BeTrue();
        window.IsOpen(next.Until.AddTicks(-1)).Should().BeTrue();
        next.From.Should().BeAfter(moment);
        next.Until.Should().BeAfter(next.From).And.BeOnOrBefore(next.From + window.Duration);
    });

    [Fact]
    public void It_is_open_only_within_an_opening() => Hold((window, moment) =>
    {
        var openings = new List<Opening>();
        for (var opening = window.Next(moment - window.Duration); opening is { } one && one.From <= moment; opening = window.Next(one.From))
            openings.Add(one);
        window.IsOpen(moment).Should().Be(openings.Any(o => o.From <= moment && moment < o.Until));
    });

    [Fact]
    public void It_is_never_open_on_a_blackout_day() => Hold((window, moment) =>
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone)).DateTime);
        (window with { Blackouts = [$"{day:yyyy-MM-dd}"] }).IsOpen(moment).Should().BeFalse();
    });

    [Fact]
    public void Openings_follow_one_another() => Hold((window, moment) =>
    {
        var first = window.Next(moment)!.Value;
        var second = window.Next(first.From)!.Value;
        second.From.Should().BeAfter(first.From);
        window.Next(first.From.AddTicks(-1)).Should().Be(first, "nothing is between a moment and the next opening");
    });

    [Fact]
    public void The_offset_in_which_a_moment_is_given_does_not_matter() => Hold((window, moment) =>
    {
        var elsewhere = moment.ToOffset(TimeSpan.FromHours(-9.5));
        window.At(elsewhere).Should().Be(window.At(moment));
        window.Next(elsewhere).Should().Be(window.Next(moment));
    });

    [Fact]
    public void Grace_only_ever_adds_time_after_an_end_that_was_missed() => Hold((window, moment) =>
    {
        var lenient = window with { GraceAfterMissed = TimeSpan.FromHours(5) };
        var (strict, graced) = (window.At(moment), lenient.At(moment, runningSince: moment.AddHours(-1)));
        if (strict is not null)
            graced.Should().Be(strict);
        else if (graced is { } opening)
            (opening.IsMissed && opening.From < moment && moment < opening.Until).Should().BeTrue();
    });

    private static void Hold(Action<MaintenanceWindow, DateTimeOffset> property) =>
        Prop.ForAll(Any, sample => property(sample.Window, sample.Moment)).QuickCheckThrowOnFailure();
}
