using EdgeOperator.Functions.Dispatch;
using EdgeOperator.Functions.Workers.Forwarding;

namespace EdgeOperator.Functions.Tests.Dispatch;

public sealed class FunctionTimerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HandClock _clock = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _ending = new();

    [Fact]
    public void A_function_that_uses_up_its_time_is_ended()
    {
        using var timer = new FunctionTimer(Timeout, null, _ending, _clock);

        _clock.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        _ending.IsCancellationRequested.Should().BeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        _ending.IsCancellationRequested.Should().BeTrue();
        timer.IsTimeout.Should().BeTrue();
    }

    [Fact]
    public void A_timer_that_elapses_early_ends_nothing()
    {
        using var timer = new FunctionTimer(Timeout, null, _ending, new EarlyClock(_clock));

        _clock.Advance(Timeout - TimeSpan.FromMilliseconds(0.5));
        _ending.IsCancellationRequested.Should().BeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(2));

        timer.IsTimeout.Should().BeTrue();
    }

    [Fact]
    public void Time_that_the_client_took_for_its_body_is_not_the_functions()
    {
        var client = new ClientTime(_clock);
        using var timer = new FunctionTimer(Timeout, client, _ending, _clock);

        client.AwaitBody(true);
        _clock.Advance(Timeout - TimeSpan.FromSeconds(1));
        client.AwaitBody(false);
        _clock.Advance(TimeSpan.FromSeconds(9));
        _ending.IsCancellationRequested.Should().BeFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));

        timer.IsTimeout.Should().BeTrue("it has had its 10 seconds then");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_is_waited_for_when_the_time_is_over_is_to_blame(bool forItsBody)
    {
        var client = new ClientTime(_clock);
        using var timer = new FunctionTimer(Timeout, client, _ending, _clock);

        _clock.Advance(TimeSpan.FromSeconds(5));
        Await(client, forItsBody);
        _clock.Advance(TimeSpan.FromSeconds(5));

        _ending.IsCancellationRequested.Should().BeTrue();
        timer.IsTimeout.Should().BeFalse();
    }

    [Fact]
    public void Time_in_which_the_client_is_waited_for_twice_counts_once()
    {
        var client = new ClientTime(_clock);
        client.AwaitBody(true);
        _clock.Advance(TimeSpan.FromSeconds(1));
        client.AwaitReader(true);
        _clock.Advance(TimeSpan.FromSeconds(1));
        client.AwaitBody(false);
        _clock.Advance(TimeSpan.FromSeconds(1));
        client.IsAwaited.Should().BeTrue();
        client.AwaitReader(false);
        _clock.Advance(TimeSpan.FromSeconds(1));

        client.IsAwaited.Should().BeFalse();
        client.Waited.Should().Be(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void What_was_waited_for_before_an_attempt_is_not_taken_off_it()
    {
        var client = new ClientTime(_clock);
        client.AwaitBody(true);
        _clock.Advance(TimeSpan.FromSeconds(8));
        client.AwaitBody(false);
        using var timer = new FunctionTimer(Timeout, client, _ending, _clock);

        _clock.Advance(Timeout);

        timer.IsTimeout.Should().BeTrue();
    }

    private static void Await(ClientTime client, bool forItsBody)
    {
        if (forItsBody)
        {
            client.AwaitBody(true);
        }
        else
        {
            client.AwaitReader(true);
        }
    }

    /// <summary>Timers count in whole milliseconds of a clock that may lag behind the timestamps.</summary>
    private sealed class EarlyClock(TimeProvider clock) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new EarlyTimer(clock.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class EarlyTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime - TimeSpan.FromMilliseconds(0.5), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
