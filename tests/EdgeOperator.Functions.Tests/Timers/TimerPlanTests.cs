using EdgeOperator.Functions.Timers;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Timers;

public class TimerPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = Schedule.Parse("0 0 * * * *", TimeZoneInfo.Utc);
    private static readonly Schedule Daily = Schedule.Parse("0 0 6 * * *", TimeZoneInfo.Utc);

    [Fact]
    public void A_new_timer_waits_for_its_next_time() =>
        TimerPlan.Begin(Hourly, null, Noon).Should().Be((new TimerStatus(null, Noon.AddHours(1), Noon), false));

    [Fact]
    public void What_was_missed_is_past_due() =>
        TimerPlan.Begin(Hourly, new(Noon.AddHours(-9), Noon.AddHours(-8), Noon.AddHours(-9)), Noon).IsPastDue.Should().BeTrue();

    [Fact]
    public void A_timer_that_never_ran_can_be_past_due() =>
        TimerPlan.Begin(Hourly, new(null, Noon.AddHours(-8), Noon.AddHours(-9)), Noon).IsPastDue.Should().BeTrue();

    [Fact]
    public void What_is_not_due_yet_is_not_past_due()
    {
        var stored = new TimerStatus(Noon, Noon.AddHours(1), Noon);
        TimerPlan.Begin(Hourly, stored, Noon.AddMinutes(59)).Should().Be((stored, false));
    }

    [Fact]
    public void An_edited_schedule_misses_nothing() =>
        TimerPlan.Begin(Daily, new(Noon.AddDays(-3), Noon.AddDays(-3).AddHours(1), Noon.AddDays(-3)), Noon)
            .Should().Be((new TimerStatus(null, Noon.AddHours(18), Noon), false));

    [Fact]
    public void An_edited_schedule_goes_on_from_its_last_run() =>
        TimerPlan.Begin(Schedule.Parse("03:00:00", TimeZoneInfo.Utc), new(Noon.AddHours(-2), Noon.AddHours(2), Noon.AddHours(-2)), Noon)
            .Should().Be((new TimerStatus(null, Noon.AddHours(1), Noon.AddHours(-2)), false));

    [Fact]
    public void The_next_time_is_reckoned_from_the_start_of_a_run() =>
        TimerPlan.Ran(Hourly, new(null, Noon, Noon), Noon.AddMinutes(3), scheduled: true)
            .Should().Be(new TimerStatus(Noon.AddMinutes(3), Noon.AddHours(1), Noon.AddMinutes(3)));

    [Fact]
    public void A_run_that_came_early_does_not_come_again() =>
        TimerPlan.Ran(Hourly, new(null, Noon, Noon), Noon.AddMilliseconds(-1), scheduled: true).Next.Should().Be(Noon.AddHours(1));

    [Fact]
    public void A_clock_that_was_put_back_is_gone_by() =>
        TimerPlan.Waiting(Hourly, new(Noon, Noon.AddHours(1), Noon), Noon.AddDays(-20)).Next.Should().Be(Noon.AddDays(-20).AddHours(1));

    [Fact]
    public void A_clock_that_was_corrected_makes_nothing_due_twice() =>
        TimerPlan.Waiting(Hourly, new(Noon, Noon.AddHours(1), Noon), Noon.AddSeconds(-5)).Next.Should().Be(Noon.AddHours(1));

    [Fact]
    public void Runs_follow_each_other_and_a_restart_in_between_changes_nothing() => Prop.ForAll(
        Arb.From(
            from text in Gen.Elements("0 0 * * * *", "0 */7 * * * *", "0 30 2 * * *", "00:10:00", "0 0 0 1 * *")
            from zone in Gen.Elements("UTC", "Europe/Berlin", "Australia/Lord_Howe")
            from start in Gen.Choose(0, 100_000_000)
            from late in Gen.ArrayOf(Gen.Choose(0, 4000))
            select (text, zone, start, late)),
        c =>
        {
            var schedule = Schedule.Parse(c.text, TimeZoneInfo.FindSystemTimeZoneById(c.zone));
            var now = DateTimeOffset.UnixEpoch.AddSeconds(c.start);
            var status = TimerPlan.New(schedule, now);
            foreach (var late in c.late)
            {
                var started = status.Next.AddSeconds(late);
                var next = TimerPlan.Ran(schedule, status, started, scheduled: true);
                var (again, isPastDue) = TimerPlan.Begin(schedule, next, started);
                if (next.Next <= started || again != next || isPastDue)
                    return false;
                status = next;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
