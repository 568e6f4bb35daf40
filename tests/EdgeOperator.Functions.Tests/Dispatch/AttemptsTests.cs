using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Dispatch;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Dispatch;

public sealed class AttemptsTests
{
    private static readonly RetryPolicy Growing = new(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

    [Fact]
    public void A_fixed_delay_stays_the_same_until_the_retries_are_used_up()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromSeconds(3), null);

        Enumerable.Range(0, 4).Select(n => Attempts.DelayAfter(policy, n, 0)).Should().Equal(policy.MinimumInterval, policy.MinimumInterval, null, null);
    }

    [Fact]
    public void Without_a_maximum_retries_go_on_for_ever() =>
        Attempts.DelayAfter(new(-1, TimeSpan.FromSeconds(3), null), 1_000_000, 0).Should().NotBeNull();

    [Fact]
    public void A_growing_delay_stays_within_its_bounds() =>
        Prop.ForAll<NonNegativeInt>(n =>
        {
            var delay = Attempts.DelayAfter(Growing with { MaximumRetries = -1 }, n.Get, n.Get % 11 / 10.0)!.Value;
            return delay >= Growing.MinimumInterval && delay <= Growing.MaximumInterval;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_growing_delay_grows() =>
        Enumerable.Range(0, 5).Select(n => Attempts.DelayAfter(Growing, n, 0.5)!.Value.TotalSeconds).Should().Equal(1, 3, 7, 15, 20);
}
