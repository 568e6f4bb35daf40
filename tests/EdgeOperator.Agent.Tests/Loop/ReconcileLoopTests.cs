using System.Threading.Channels;
using EdgeOperator.Agent.Loop;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Loop;

public sealed class ReconcileLoopTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stop = new(Deadline);
    private readonly Channel<int> _begun = Channel.CreateUnbounded<int>();
    private int _passes;

    [Fact]
    public async Task The_first_pass_runs_at_once()
    {
        var (_, running) = Start(_ => Task.FromResult(default(RequeueAfter)));

        (await NextPassAsync()).Should().Be(1);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_wake_up_brings_a_pass_long_before_the_interval()
    {
        var (loop, running) = Start(_ => Task.FromResult(default(RequeueAfter)));
        await NextPassAsync();

        loop.Wake("a test");

        (await NextPassAsync()).Should().Be(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_wake_up_during_a_pass_is_not_lost()
    {
        var finish = new TaskCompletionSource();
        var (loop, running) = Start(async c =>
        {
            await finish.Task.WaitAsync(c);
            return default;
        });
        await NextPassAsync();

        loop.Wake("while it runs");
        finish.SetResult();

        (await NextPassAsync()).Should().Be(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_pass_may_ask_for_the_next_one()
    {
        var (_, running) = Start(_ => Task.FromResult(new RequeueAfter(_passes < 3 ? TimeProvider.System.GetUtcNow() : null)));

        for (var expected = 1; expected <= 3; expected++)
            (await NextPassAsync()).Should().Be(expected);
        await StopAsync(running);
    }

    [Fact]
    public async Task An_interruption_cancels_the_pass_under_way_and_another_follows()
    {
        var cancelled = new TaskCompletionSource();
        var (loop, running) = Start(async c =>
        {
            if (_passes > 1)
                return default;
            try
            {
                await Task.Delay(Never, TimeProvider.System, c);
            }
            finally
            {
                cancelled.SetResult();
            }

            return default;
        });
        await NextPassAsync();

        loop.Interrupt("something newer");

        await cancelled.Task.WaitAsync(_stop.Token);
        (await NextPassAsync()).Should().Be(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_pass_that_throws_does_not_end_the_loop()
    {
        var (loop, running) = Start(_ => _passes == 1 ? throw new InvalidOperationException("once") : Task.FromResult(default(RequeueAfter)));
        await NextPassAsync();

        loop.Wake("again");

        (await NextPassAsync()).Should().Be(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task Asking_for_a_pass_waits_for_one_that_began_afterwards()
    {
        var finish = new TaskCompletionSource();
        var (loop, running) = Start(async c =>
        {
            if (_passes == 1)
                await finish.Task.WaitAsync(c);
            return default;
        });
        await NextPassAsync();

        var asked = loop.PassAsync("a test", _stop.Token);
        finish.SetResult();
        await asked;

        _passes.Should().BeGreaterThanOrEqualTo(2);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_change_between_passes_never_meets_a_running_one()
    {
        var inside = 0;
        var met = false;
        var (loop, running) = Start(async c =>
        {
            Interlocked.Increment(ref inside);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            return new RequeueAfter(TimeProvider.System.GetUtcNow());
        });

        for (var i = 0; i < 50; i++)
            await loop.BetweenPassesAsync("a test", () => met |= Volatile.Read(ref inside) != 0, _stop.Token);

        met.Should().BeFalse();
        await StopAsync(running);
    }

    [Fact]
    public async Task An_action_between_passes_waits_for_the_one_under_way_and_keeps_others_waiting()
    {
        var passes = 0;
        var (began, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (loop, running) = Start(async c =>
        {
            Interlocked.Increment(ref passes);
            began.TrySetResult();
            await finish.Task.WaitAsync(c);
            return new RequeueAfter(TimeProvider.System.GetUtcNow());
        });
        await began.Task;

        var action = loop.RunBetweenPassesAsync("a test", () => Task.FromResult(Volatile.Read(ref passes)), _stop.Token);
        action.IsCompleted.Should().BeFalse();
        finish.SetResult();

        (await action).Should().BePositive();
        var during = await loop.RunBetweenPassesAsync(
            "a test",
            async () =>
            {
                var before = Volatile.Read(ref passes);
                loop.Wake("an event meanwhile");
                await Task.Yield();
                return Volatile.Read(ref passes) - before;
            },
            _stop.Token);
        during.Should().Be(0);
        await StopAsync(running);
    }

    public void Dispose() => _stop.Dispose();

    private (ReconcileLoop Loop, Task Running) Start(Func<CancellationToken, Task<RequeueAfter>> pass)
    {
        var loop = new ReconcileLoop(
            c =>
            {
                _begun.Writer.TryWrite(++_passes);
                return pass(c);
            },
            Never,
            TimeProvider.System,
            Random.Shared,
            NullLogger.Instance);
        return (loop, loop.RunAsync(_stop.Token));
    }

    private async Task<int> NextPassAsync() => await _begun.Reader.ReadAsync(_stop.Token);

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
