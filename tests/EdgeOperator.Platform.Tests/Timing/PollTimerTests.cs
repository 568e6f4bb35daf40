using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Platform.Tests.Timing;

public sealed class PollTimerTests
{
    private readonly Timers _timers = new();

    [Fact]
    public async Task There_is_no_timer_while_there_is_nothing_to_poll()
    {
        var isNeeded = false;
        var timer = new PollTimer(TimeSpan.FromSeconds(1), _timers);

        var next = timer.NextAsync(() => isNeeded, CancellationToken.None);
        timer.Wake();
        _timers.Started.Should().Be(0);
        next.IsCompleted.Should().BeFalse();

        isNeeded = true;
        timer.Wake();
        await next;
        _timers.Started.Should().Be(1);
    }

    [Fact]
    public async Task Each_poll_waits_for_an_interval_while_there_is_something_to_poll()
    {
        var timer = new PollTimer(TimeSpan.FromSeconds(1), _timers);

        for (var poll = 1; poll <= 3; poll++)
        {
            await timer.NextAsync(() => true, CancellationToken.None);
            _timers.Started.Should().Be(poll);
        }
    }

    [Fact]
    public async Task A_wait_for_something_to_poll_ends_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var next = new PollTimer(TimeSpan.FromSeconds(1), _timers).NextAsync(() => false, cancellation.Token);

        await cancellation.CancelAsync();

        await next.Invoking(n => n).Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Timers that end at once, and are counted.</summary>
    private sealed class Timers : TimeProvider
    {
        private int _started;

        public int Started => Volatile.Read(ref _started);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _started);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
