using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Platform.Tests.Timing;

public sealed class ExponentialDelayTests
{
    private static readonly ExponentialDelay Delay = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(300));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(6, 300)]
    [InlineData(int.MaxValue, 300)]
    public void It_doubles_with_each_failure_up_to_its_limit(int failures, int seconds) =>
        Delay.After(failures).Should().Be(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void A_limit_below_the_first_delay_is_kept() =>
        new ExponentialDelay(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)).After(1).Should().Be(TimeSpan.FromSeconds(1));
}
