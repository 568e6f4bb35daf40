using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Execution;

public sealed class BackgroundStepsTests : IAsyncLifetime
{
    private static readonly StopMachine Stop = new(new("VirtualMachine", "m"), "");
    private static readonly FetchMachineImage Fetch = new(new("VirtualMachine", "m"), "", new("/image", "abc"));

    private readonly List<string> _woken = [];
    private readonly Clock _clock = new();
    private readonly BackgroundSteps _steps;
    private readonly TaskCompletionSource<StepOutcome> _outcome = new();
    private int _runs;

    public BackgroundStepsTests() => _steps = new(why => { lock (_woken) _woken.Add(why); }, _clock, NullLogger<BackgroundSteps>.Instance);

    [Fact]
    public async Task What_came_of_a_step_is_told_once()
    {
        (await AskAsync(Stop)).Should().BeOfType<StepOutcome.Pending>();
        await Eventually.SucceedsAsync(async () => (await AskAsync(Stop)).Should().Be(new StepOutcome.Pending("half way")));
        _steps.MessageOf(step => step is StopMachine).Should().Be("half way");

        _outcome.SetResult(new StepOutcome.Retry("Failed", "no"));
        await Eventually.TrueAsync("somebody is woken", () => { lock (_woken) return _woken.Count == 1; });
        _steps.IsRunning(Stop).Should().BeTrue();
        (await AskAsync(Stop)).Should().Be(new StepOutcome.Retry("Failed", "no"));
        _runs.Should().Be(1);
        _steps.IsRunning(Stop).Should().BeFalse();
        await AskAsync(Stop);
        await Eventually.TrueAsync("it is done again", () => _runs == 2);
    }

    [Fact]
    public async Task What_nobody_has_asked_about_for_long_is_no_answer_any_more()
    {
        await AskAsync(Stop);
        _outcome.SetResult(new StepOutcome.Succeeded());
        await Eventually.TrueAsync("it is over", () => { lock (_woken) return _woken.Count == 1; });
        _clock.Advance(TimeSpan.FromMinutes(2));
        _steps.IsRunning(Stop).Should().BeFalse();
        await AskAsync(Stop);
        await Eventually.TrueAsync("it is done again", () => _runs == 2);
    }

    [Fact]
    public async Task A_step_that_is_not_wanted_any_more_is_given_up_and_those_of_other_kinds_go_on()
    {
        var given = new TaskCompletionSource();
        await AskAsync(Stop);
        await _steps.AskAsync(Fetch, async (_, c) =>
        {
            using var _1 = c.Register(given.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, c);
            return new StepOutcome.Succeeded();
        });
        _steps.Retain<FetchMachineImage>([Fetch]);
        given.Task.IsCompleted.Should().BeFalse();
        _steps.Retain<FetchMachineImage>([]);
        await given.Task;
        _steps.MessageOf(step => step is StopMachine).Should().NotBeNull();
        lock (_woken)
            _woken.Should().BeEmpty();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _outcome.TrySetResult(new StepOutcome.Succeeded());
        await _steps.DisposeAsync();
    }

    private Task<StepOutcome> AskAsync(Step step) => _steps.AskAsync(step, async (tell, _) =>
    {
        Interlocked.Increment(ref _runs);
        tell("half way");
        return await _outcome.Task;
    });

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);
    }
}
