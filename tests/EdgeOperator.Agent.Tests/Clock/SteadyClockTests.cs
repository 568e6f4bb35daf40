using EdgeOperator.Agent.Clock;

namespace EdgeOperator.Agent.Tests.Clock;

public class SteadyClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_wall_clock_that_is_set_changes_nothing(int hours)
    {
        var clock = new SteadyClock(_time, saved: null, "boot");
        var before = clock.GetUtcNow();

        _time.Step(hours * Hour);
        _time.Pass(TimeSpan.FromSeconds(20));

        (clock.GetUtcNow() - before).Should().Be(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Another_process_of_the_same_boot_goes_on()
    {
        var saved = new SteadyClock(_time, saved: null, "boot").Read();

        _time.Pass(TimeSpan.FromMinutes(7));
        _time.Step(-Hour);
        var clock = new SteadyClock(_time, saved, "boot");

        (clock.GetUtcNow() - saved.Now).Should().Be(TimeSpan.FromMinutes(7));
        clock.Shift.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("boot", "another")]
    [InlineData(null, null)]
    public void Over_a_reboot_no_time_has_passed_since_what_was_saved(string? before, string? after)
    {
        var old = new SteadyClock(_time, saved: null, before);
        var begun = old.GetUtcNow();
        _time.Pass(TimeSpan.FromSeconds(30));
        var saved = old.Read();

        _time.Reboot(off: 8 * Hour);
        var clock = new SteadyClock(_time, saved, after);

        (clock.GetUtcNow() - (begun + clock.Shift)).Should().Be(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_boot_that_is_younger_than_its_own_reading_is_another_one()
    {
        var saved = new SteadyClock(_time, saved: null, "boot").Read();

        _time.Reboot(off: Hour);

        new SteadyClock(_time, saved, "boot").GetUtcNow().Should().Be(ManualTime.Noon + Hour);
    }

    [Fact]
    public void People_see_the_wall_clock()
    {
        var clock = new SteadyClock(_time, saved: null, "boot");
        var soon = clock.GetUtcNow() + TimeSpan.FromMinutes(1);

        _time.Step(Hour);

        SteadyClock.ToWall(clock, soon).Should().Be(ManualTime.Noon + Hour + TimeSpan.FromMinutes(1));
        SteadyClock.ToWall(_time, soon).Should().Be(soon);
    }
}
