using EdgeOperator.Functions.Workers.Pool;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Workers.Pool;

public sealed class RestartDelayTests
{
    [Fact]
    public void The_first_restart_is_at_once() => RestartDelay.After(1, 0.5).Should().Be(TimeSpan.Zero);

    [Fact]
    public void Delays_grow_up_to_a_minute() =>
        Enumerable.Range(2, 8).Select(n => RestartDelay.After(n, 0).TotalSeconds).Should().Equal(1, 2, 4, 8, 16, 32, 60, 60);

    [Fact]
    public void Chance_takes_half_of_a_delay_at_most() =>
        Prop.ForAll<PositiveInt, NormalFloat>((failures, jitter) =>
        {
            var (full, taken) = (RestartDelay.After(failures.Get, 0), RestartDelay.After(failures.Get, jitter.Get));
            return taken <= full && taken >= full / 2;
        }).QuickCheckThrowOnFailure();
}
