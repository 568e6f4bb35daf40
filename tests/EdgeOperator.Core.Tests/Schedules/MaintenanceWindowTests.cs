using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Tests.Schedules;

public sealed class MaintenanceWindowTests
{
    private static readonly MaintenanceWindow Saturdays = new() { Cron = "0 2 * * 6", Duration = TimeSpan.FromHours(4), TimeZone = "Europe/Berlin" };

    [Theory]
    [InlineData("2026-12-05T00:59:59Z", false)]
    [InlineData("2026-12-05T01:00:00Z", true)]
    [InlineData("2026-12-05T04:59:59Z", true)]
    [InlineData("2026-12-05T05:00:00Z", false)]
    [InlineData("2026-07-04T00:00:00Z", true)]
    [InlineData("2026-12-06T01:00:00Z", false)]
    public void It_is_open_from_its_time_on_its_zones_clock_for_its_duration(string moment, bool open) =>
        Saturdays.IsOpen(At(moment)).Should().Be(open);

    [Fact]
    public void The_next_opening_is_the_first_that_begins_later()
    {
        Saturdays.Next(At("2026-12-05T00:00:00Z")).Should().Be(new Opening(At("2026-12-05T02:00:00+01:00"), At("2026-12-05T06:00:00+01:00")));
        Saturdays.Next(At("2026-12-05T01:00:00Z"))!.Value.From.Should().Be(At("2026-12-12T02:00:00+01:00"));
    }

    [Fact]
    public void A_time_that_the_clock_leaves_out_is_the_moment_at_which_it_is_put_forward() =>
        (Saturdays with { Cron = "30 2 * * *" }).Next(At("2027-03-27T12:00:00Z")).Should()
            .Be(new Opening(At("2027-03-28T03:00:00+02:00"), At("2027-03-28T07:00:00+02:00")));

    [Fact]
    public void A_time_that_the_clock_has_twice_opens_once_and_for_as_long_as_ever()
    {
        var window = Saturdays with { Cron = "30 2 * * *" };

        var opening = window.Next(At("2026-10-24T12:00:00Z"))!.Value;

        opening.Should().Be(new Opening(At("2026-10-25T02:30:00+02:00"), At("2026-10-25T05:30:00+01:00")));
        window.Next(opening.From)!.Value.From.Should().Be(At("2026-10-26T02:30:00+01:00"));
    }

    [Fact]
    public void Nothing_opens_on_a_blackout_day_and_what_is_open_closes_when_one_begins()
    {
        var nights = Saturdays with { Cron = "0 22 * * *", Blackouts = ["2026-12-24", "12-31/01-01"] };

        nights.At(At("2026-12-23T22:30:00+01:00"))!.Value.Until.Should().Be(At("2026-12-24T00:00:00+01:00"));
        nights.IsOpen(At("2026-12-24T22:30:00+01:00")).Should().BeFalse();
        nights.IsOpen(At("2026-12-25T22:30:00+01:00")).Should().BeTrue();
        nights.Next(At("2027-12-31T00:00:00+01:00"))!.Value.From.Should().Be(At("2028-01-02T22:00:00+01:00"));
    }

    [Fact]
    public void A_window_that_the_device_missed_is_open_for_its_grace()
    {
        var window = Saturdays with { GraceAfterMissed = TimeSpan.FromHours(12) };

        window.At(At("2026-12-05T08:00:00+01:00"), runningSince: At("2026-12-05T07:00:00+01:00"))
            .Should().Be(new Opening(At("2026-12-05T02:00:00+01:00"), At("2026-12-05T18:00:00+01:00"), IsMissed: true));
        window.IsOpen(At("2026-12-05T18:00:00+01:00"), runningSince: At("2026-12-05T07:00:00+01:00")).Should().BeFalse();
        window.IsOpen(At("2026-12-05T08:00:00+01:00"), runningSince: At("2026-12-05T05:00:00+01:00")).Should().BeFalse("it has been up in the window");
        Saturdays.IsOpen(At("2026-12-05T08:00:00+01:00"), runningSince: At("2026-12-05T07:00:00+01:00")).Should().BeFalse("there is no grace");
    }

    [Fact]
    public void A_window_in_a_zone_that_is_not_known_never_opens_and_says_why()
    {
        var nowhere = Saturdays with { TimeZone = "Europe/Atlantis" };

        nowhere.IsOpen(At("2026-12-05T01:00:00Z")).Should().BeFalse();
        nowhere.Next(At("2026-12-05T01:00:00Z")).Should().BeNull();
        nowhere.Problem(At("2026-12-05T01:00:00Z")).Should().Be("the time zone Europe/Atlantis is not known");
    }

    [Fact]
    public void A_window_that_is_always_blacked_out_is_a_problem() =>
        (Saturdays with { Blackouts = ["01-01/12-31"] }).Problem(At("2026-12-05T01:00:00Z")).Should().EndWith("does not open within the next five years");

    [Theory]
    [InlineData("0 2 * * 6", "Sat at 02:00 for 4h (Europe/Berlin)")]
    [InlineData("5 22 * * MON-FRI", "Mon-Fri at 22:05 for 4h (Europe/Berlin)")]
    [InlineData("0 2 * * 0,3", "Sun,Wed at 02:00 for 4h (Europe/Berlin)")]
    [InlineData("0 2 * * *", "daily at 02:00 for 4h (Europe/Berlin)")]
    [InlineData("0 2 1-7 * 6", "cron `0 2 1-7 * 6` for 4h (Europe/Berlin)")]
    public void It_is_told_in_words(string cron, string words) => (Saturdays with { Cron = cron }).ToString().Should().Be(words);

    [Theory]
    [InlineData("2026-12-05T01:30:00Z", "open until Sat 2026-12-05 06:00 +01:00")]
    [InlineData("2026-12-04T01:30:00Z", "opens Sat 2026-12-05 02:00 +01:00")]
    public void When_it_opens_is_told_in_words(string now, string words) => Saturdays.Describe(At(now)).Should().Be(words);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text);
}
