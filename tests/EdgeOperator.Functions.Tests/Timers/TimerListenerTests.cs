using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Timers;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Timers;

public sealed class TimerListenerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly HandClock _clock = new(Noon.AddMinutes(-10));
    private readonly Recorder _functions = new();
    private HostDatabase _database;
    private TimerRecords _records;
    private TimerListener? _listener;

    public TimerListenerTests()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        _records = new(_database);
    }

    [Fact]
    public async Task It_fires_when_it_is_due()
    {
        await ListenAsync("0 0 * * * *");
        await PassAsync(TimeSpan.FromMinutes(9));
        _functions.Calls.Should().BeEmpty();

        await PassAsync(TimeSpan.FromMinutes(1));
        await FiredAsync(1);
        await PassAsync(TimeSpan.FromHours(2));
        await FiredAsync(3);

        var payload = Payload(0);
        payload["IsPastDue"]!.GetValue<bool>().Should().BeFalse();
        payload["Schedule"]!["AdjustForDST"]!.GetValue<bool>().Should().BeTrue();
        payload["ScheduleStatus"]!["Next"]!.GetValue<string>().Should().Be("2026-05-01T12:00:00+00:00");
        payload["ScheduleStatus"]!["Last"]!.GetValue<string>().Should().Be("0001-01-01T00:00:00+00:00");
        Payload(2)["ScheduleStatus"]!["Last"]!.GetValue<string>().Should().Be("2026-05-01T13:00:00+00:00");
    }

    [Fact]
    public async Task What_was_missed_runs_once_and_says_so()
    {
        await ListenAsync("0 0 * * * *");
        await RestartAsync(TimeSpan.FromHours(7));

        await ListenAsync("0 0 * * * *", startup: true);
        await FiredAsync(1);
        Payload(0)["IsPastDue"]!.GetValue<bool>().Should().BeTrue();

        await PassAsync(TimeSpan.FromMinutes(9));
        _functions.Calls.Should().HaveCount(1, "one run makes up for all, and is the one on start-up as well");
        await PassAsync(TimeSpan.FromMinutes(2));
        await FiredAsync(2);
    }

    [Fact]
    public async Task Without_a_monitor_nothing_is_made_up_for()
    {
        await ListenAsync("0 0 * * * *", monitor: false);
        await RestartAsync(TimeSpan.FromHours(7));

        await ListenAsync("0 0 * * * *", monitor: false);
        await PassAsync(TimeSpan.FromMinutes(9));
        _functions.Calls.Should().BeEmpty();
        await PassAsync(TimeSpan.FromMinutes(1));
        await FiredAsync(1);
        Payload(0)["ScheduleStatus"].Should().BeNull();
    }

    [Fact]
    public async Task An_edited_schedule_is_not_past_due()
    {
        await ListenAsync("0 0 * * * *");
        await RestartAsync(TimeSpan.FromHours(7));

        await ListenAsync("0 5 0 * * *");
        await PassAsync(TimeSpan.FromHours(5));
        _functions.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task It_can_run_on_start_up()
    {
        await ListenAsync("0 0 * * * *", startup: true);
        await FiredAsync(1);
        Payload(0)["IsPastDue"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task Runs_never_overlap_and_a_long_one_is_followed_by_one_at_once()
    {
        var end = new TaskCompletionSource<InvocationResult>();
        _functions.Answer = (_, _) => end.Task;
        await ListenAsync("0 0 * * * *");
        await PassAsync(TimeSpan.FromMinutes(10));
        await FiredAsync(1);

        _clock.Advance(TimeSpan.FromHours(3.5));
        end.SetResult(Recorder.Success);
        await FiredAsync(2);
        await PassAsync(TimeSpan.FromMinutes(29));
        _functions.Calls.Should().HaveCount(2);
        _functions.MostAtOnce.Should().Be(1);
    }

    [Fact]
    public async Task A_failed_run_is_over()
    {
        _functions.Answer = (_, _) => Task.FromResult(InvocationResult.Failed("it broke"));
        await ListenAsync("0 0 * * * *");
        await PassAsync(TimeSpan.FromMinutes(59));
        await FiredAsync(1);
        await PassAsync(TimeSpan.FromMinutes(11));
        await FiredAsync(2);
    }

    [Fact]
    public async Task A_clock_that_jumps_forward_is_noticed_within_a_minute()
    {
        await ListenAsync("0 0 * * * *");
        _clock.Set(Noon.AddYears(1));
        await PassAsync(TimeSpan.FromMinutes(1));
        await FiredAsync(1);
    }

    [Fact]
    public async Task Who_drains_waits_for_the_run_and_the_next_listener_goes_on()
    {
        var end = new TaskCompletionSource<InvocationResult>();
        _functions.Answer = (_, _) => end.Task;
        await ListenAsync("*/20 * * * * *");
        await PassAsync(TimeSpan.FromSeconds(20));
        await FiredAsync(1);

        var drained = _listener!.DrainAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(30));
        drained.IsCompleted.Should().BeFalse();
        end.SetResult(Recorder.Success);
        await drained;
        _functions.Calls.Should().HaveCount(1, "a listener that drains begins nothing");

        await ListenAsync("*/20 * * * * *");
        await FiredAsync(2);
        await PassAsync(TimeSpan.FromSeconds(9));
        _functions.Calls.Should().HaveCount(2, "what became due in between came once");
    }

    [Fact]
    public async Task A_run_that_is_abandoned_is_past_due_afterwards()
    {
        _functions.Answer = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Recorder.Success;
        };
        await ListenAsync("0 0 * * * *");
        await PassAsync(TimeSpan.FromMinutes(10));
        await FiredAsync(1);
        await RestartAsync(TimeSpan.FromMinutes(1));

        _functions.Answer = (_, _) => Task.FromResult(Recorder.Success);
        await ListenAsync("0 0 * * * *");
        await FiredAsync(2);
        Payload(1)["IsPastDue"]!.GetValue<bool>().Should().BeTrue();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ListenAsync(string schedule, bool startup = false, bool monitor = true)
    {
        if (_listener is { } last)
            await last.DisposeAsync();
        var trigger = new Binding("timer", "timerTrigger", BindingDirection.In, new JsonObject { ["schedule"] = schedule, ["runOnStartup"] = startup, ["useMonitor"] = monitor });
        var function = new FunctionDefinition("Tick", [trigger]) { Folder = _folder };
        var settings = TimerSettings.Of(trigger, ImmutableSortedDictionary<string, string>.Empty, _clock);
        _listener = new(function, settings, _records, _functions, _clock, NullLogger<TimerListener>.Instance);
        var waiting = _clock.Waiting;
        var calls = _functions.Calls.Count;
        _listener.Start();
        await Eventually.TrueAsync("the listener waits or runs", () => _clock.Waiting > waiting || _functions.Calls.Count > calls);
    }

    // As a host that is killed, and another that begins later.
    private async Task RestartAsync(TimeSpan later)
    {
        await _listener!.DisposeAsync();
        _listener = null;
        await _database.DisposeAsync();
        _clock.Advance(later);
        _database = HostDatabase.Open(_folder.File("host.db"));
        _records = new(_database);
    }

    // Half a minute at a time, so that nothing is missed that a listener does in between.
    private async Task PassAsync(TimeSpan time)
    {
        for (var end = _clock.GetUtcNow() + time; _clock.GetUtcNow() < end;)
        {
            await SettledAsync();
            var left = end - _clock.GetUtcNow();
            _clock.Advance(left < TimeSpan.FromSeconds(30) ? left : TimeSpan.FromSeconds(30));
        }

        await SettledAsync();
    }

    private Task SettledAsync() => Eventually.TrueAsync("the listener waits", () => _clock.Waiting > 0 || _functions.Running > 0);

    private Task FiredAsync(int times) => Eventually.SucceedsAsync(() => _functions.Calls.Should().HaveCount(times));

    private JsonNode Payload(int call) => ((Value.Json)_functions.Calls[call].Inputs["timer"]).Content!;
}
