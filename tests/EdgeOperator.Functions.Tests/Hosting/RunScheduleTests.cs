using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Hosting;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Hosting;

public sealed class RunScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void Without_windows_an_app_always_runs() => At([], "2026-03-01T00:00Z").Should().Be(new ScheduleState(true, null));

    [Theory]
    [InlineData("2026-03-02T07:59Z", false, "2026-03-02T08:00Z")]
    [InlineData("2026-03-02T08:00Z", true, "2026-03-02T17:00Z")]
    [InlineData("2026-03-02T16:59Z", true, "2026-03-02T17:00Z")]
    [InlineData("2026-03-02T17:00Z", false, "2026-03-03T08:00Z")]
    public void A_window_begins_at_its_start_and_is_over_at_its_end(string now, bool inside, string next) =>
        At([new([], new(8, 0), new(17, 0), "UTC")], now).Should().Be(new ScheduleState(inside, Utc(next)));

    [Theory]
    [InlineData("2026-03-06T23:00Z", true, "2026-03-07T06:00Z")] // Friday night
    [InlineData("2026-03-07T05:59Z", true, "2026-03-07T06:00Z")]
    [InlineData("2026-03-07T23:00Z", false, "2026-03-13T22:00Z")] // Saturday night
    public void A_window_over_midnight_counts_for_the_day_it_begins_on(string now, bool inside, string next) =>
        At([new([DayOfWeek.Friday], new(22, 0), new(6, 0), "UTC")], now).Should().Be(new ScheduleState(inside, Utc(next)));

    [Fact]
    public void Windows_that_touch_are_one() =>
        At([new([], new(8, 0), new(12, 0), "UTC"), new([], new(12, 0), new(17, 0), "UTC")], "2026-03-02T09:00Z")
            .Should().Be(new ScheduleState(true, Utc("2026-03-02T17:00Z")));

    [Fact]
    public void A_window_of_24_hours_every_day_never_ends() =>
        At([new([], new(9, 0), new(9, 0), "UTC")], "2026-03-02T09:00Z").Should().Be(new ScheduleState(true, null));

    [Fact]
    public void A_window_without_a_zone_is_in_the_devices_own() =>
        At([new([], new(8, 0), new(17, 0))], "2026-01-05T07:30Z", Berlin).Should().Be(new ScheduleState(true, Utc("2026-01-05T16:00Z")));

    [Fact] // 02:30 does not exist on 29 March 2026 in Berlin; the clock goes from 02:00 to 03:00 at 01:00Z.
    public void A_start_that_the_clock_leaps_over_is_the_moment_of_the_leap() =>
        At([new([], new(2, 30), new(5, 0), "Europe/Berlin")], "2026-03-29T00:30Z").Should().Be(new ScheduleState(false, Utc("2026-03-29T01:00Z")));

    [Fact] // 02:30 comes twice on 25 October 2026: at 00:30Z and at 01:30Z.
    public void A_start_that_comes_twice_is_the_first_one() =>
        At([new([], new(2, 30), new(5, 0), "Europe/Berlin")], "2026-10-25T00:00Z").Should().Be(new ScheduleState(false, Utc("2026-10-25T00:30Z")));

    [Fact]
    public void An_end_that_comes_twice_is_the_second_one() =>
        At([new([], new(1, 0), new(2, 30), "Europe/Berlin")], "2026-10-25T00:45Z").Should().Be(new ScheduleState(true, Utc("2026-10-25T01:30Z")));

    [Fact]
    public void An_unknown_zone_is_an_error() =>
        FluentActions.Invoking(() => At([new([], new(1, 0), new(2, 0), "Europe/Atlantis")], "2026-01-01T00:00Z")).Should().Throw<TimeZoneNotFoundException>();

    [Fact]
    public void At_the_next_switch_it_has_switched_and_never_before() => Prop.ForAll(
        Windows().ToArbitrary(),
        ArbMap.Default.ArbFor<uint>(),
        (windows, minutes) =>
        {
            var now = Utc("2026-01-01T00:00Z").AddMinutes(minutes % 525_600);
            var moment = RunSchedule.At(windows, now, Berlin);
            return moment.NextSwitch is not { } next
                || (next > now
                    && RunSchedule.At(windows, next, Berlin).IsInside != moment.IsInside
                    && RunSchedule.At(windows, next.AddSeconds(-1), Berlin).IsInside == moment.IsInside);
        }).QuickCheckThrowOnFailure();

    private static Gen<ImmutableArray<RunWindow>> Windows()
    {
        var time = Gen.Choose(0, 47).Select(half => new TimeOnly(half / 2, half % 2 * 30));
        var days = Gen.SubListOf(Enum.GetValues<DayOfWeek>()).Select(d => d.ToImmutableArray());
        var window = from d in days
                     from start in time
                     from end in time
                     select new RunWindow(d, start, end, "Europe/Berlin");
        return Gen.ListOf(window).Where(w => w.Count is > 0 and < 4).Select(w => w.ToImmutableArray());
    }

    private static ScheduleState At(ImmutableArray<RunWindow> windows, string now, TimeZoneInfo? device = null) =>
        RunSchedule.At(windows, Utc(now), device ?? TimeZoneInfo.Utc);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text).ToUniversalTime();
}
