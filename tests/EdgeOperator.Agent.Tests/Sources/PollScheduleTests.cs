using EdgeOperator.Agent.Sources;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Sources;

public sealed class PollScheduleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(6, 160)]
    [InlineData(7, 300)]
    [InlineData(1000, 300)]
    public void A_failing_source_is_tried_soon_and_then_ever_more_rarely(int failures, double seconds) =>
        PollSchedule.Delay(Minute, failures, chance: 0.5).TotalSeconds.Should().BeApproximately(seconds, 0.001);

    [Fact]
    public void A_source_with_a_long_interval_is_never_tried_more_rarely_than_that() =>
        PollSchedule.Delay(TimeSpan.FromHours(1), 1000, chance: 0.5).Should().Be(TimeSpan.FromHours(1));

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(59)]
    public void An_interval_below_a_minute_is_never_exceeded_after_failures(int seconds)
    {
        var interval = TimeSpan.FromSeconds(seconds);
        for (var failures = 1; failures < 50; failures++)
            PollSchedule.Delay(interval, failures, chance: 1).Should().BePositive().And.BeLessThanOrEqualTo(interval);
    }

    [Fact]
    public void A_source_with_a_short_interval_is_not_tried_more_rarely_after_one_failure() =>
        PollSchedule.Delay(TimeSpan.FromSeconds(1), 1, chance: 0.5).Should().Be(TimeSpan.FromSeconds(1));

    [Fact]
    public void The_delay_is_within_a_tenth_of_what_it_should_be()
    {
        Prop.ForAll(Gen.Choose(1, 100_000).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (seconds, failures, chance) =>
        {
            var interval = TimeSpan.FromSeconds(seconds);
            var middle = PollSchedule.Delay(interval, failures, 0.5);
            var delay = PollSchedule.Delay(interval, failures, chance / 1000.0);
            return delay >= middle * 0.899 && delay <= middle * 1.101 && (failures == 0 || seconds >= 60 || delay <= interval) && delay > TimeSpan.Zero;
        }).QuickCheckThrowOnFailure();
    }
}
