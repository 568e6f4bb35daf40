using EdgeOperator.Hub.Security;

namespace EdgeOperator.Hub.Tests.Security;

public sealed class LoginThrottleTests
{
    private readonly SetClock _time = new();

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_wait_is_as_long_as_it_is_also_when_the_clock_is_set(int hours)
    {
        var throttle = new LoginThrottle(_time);
        for (var failure = 0; failure < 5; failure++)
            throttle.Failed("eve");
        throttle.Remaining("eve").Should().Be(TimeSpan.FromSeconds(5));

        _time.Set(TimeSpan.FromHours(hours));
        _time.Pass(TimeSpan.FromSeconds(2));
        throttle.Remaining("eve").Should().Be(TimeSpan.FromSeconds(3));

        _time.Pass(TimeSpan.FromSeconds(3));
        throttle.Remaining("eve").Should().Be(TimeSpan.Zero);
    }
}
