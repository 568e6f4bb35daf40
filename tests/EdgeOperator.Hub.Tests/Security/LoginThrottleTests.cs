using System.Net;
using EdgeOperator.Hub.Security;

namespace EdgeOperator.Hub.Tests.Security;

public sealed class LoginThrottleTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.2");

    private readonly SetClock _time = new();

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_wait_is_as_long_as_it_is_also_when_the_clock_is_set(int hours)
    {
        var throttle = new LoginThrottle(_time);
        for (var failure = 0; failure < 5; failure++)
            throttle.Failed("eve", Here);
        throttle.Remaining("eve", Here).Should().Be(TimeSpan.FromSeconds(5));

        _time.Set(TimeSpan.FromHours(hours));
        _time.Pass(TimeSpan.FromSeconds(2));
        throttle.Remaining("eve", Here).Should().Be(TimeSpan.FromSeconds(3));

        _time.Pass(TimeSpan.FromSeconds(3));
        throttle.Remaining("eve", Here).Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_strangers_failures_lock_nobody_out_who_comes_from_elsewhere()
    {
        var throttle = new LoginThrottle(_time);
        for (var failure = 0; failure < 60; failure++)
            throttle.Failed($"guess-{failure % 20}", Here);
        for (var failure = 0; failure < 5; failure++)
            throttle.Failed("admin", Here);

        throttle.Remaining("admin", Elsewhere).Should().Be(TimeSpan.Zero);
        throttle.Remaining("admin", Here).Should().BePositive();
        throttle.Remaining("never-tried", Here).Should().BePositive("the address has guessed too often");

        _time.Pass(TimeSpan.FromHours(3));
        throttle.Failed("admin", Here);
        throttle.Remaining("admin", Here).Should().Be(TimeSpan.Zero, "it was long ago");
    }
}
