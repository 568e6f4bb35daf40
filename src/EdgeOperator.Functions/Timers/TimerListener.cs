using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Timers;

/// <summary>What a <c>timerTrigger</c> binding says.</summary>
/// <param name="Monitored">Whether what was missed while no host ran is made up for, once.</param>
internal sealed record TimerSettings(Schedule Schedule, TimeZoneInfo Zone, bool RunsOnStartup, bool Monitored)
{
    /// <exception cref="FormatException">It can't be understood; the message says what to change.</exception>
    public static TimerSettings Of(Binding trigger, ImmutableSortedDictionary<string, string> settings, TimeProvider time)
    {
        var zone = TimeZones.Of(settings, time.LocalTimeZone);
        var schedule = Schedule.Parse(
            trigger.Text("schedule") is { Length: > 0 } text ? text : throw new FormatException("The timerTrigger has no schedule"), zone);
        return new(
            schedule, zone, Flag(trigger, "runOnStartup", false),
            Flag(trigger, "useMonitor", true) && !schedule.IsFrequent(time.GetUtcNow()));
    }

    private static bool Flag(Binding trigger, string name, bool otherwise) => trigger.Text(name) switch
    {
        null => otherwise,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw new FormatException($"{name} of the timerTrigger must be true or false, not \"{text}\""),
    };
}

/// <summary>Runs a function when it is due, and never twice at once. It looks at the clock at least every minute, since a device's clock jumps.</summary>
internal sealed partial class TimerListener(
    FunctionDefinition function, TimerSettings settings, TimerRecords records, IInvoker invoker, TimeProvider time, ILogger<TimerListener> logger) : IListener
{
    private static readonly TimeSpan Glance = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _abandoned = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public async Task DrainAsync(CancellationToken cancellation)
    {
        await _draining.CancelAsync();
        await using var _ = cancellation.Register(_abandoned.Cancel);
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _abandoned.CancelAsync();
        await _draining.CancelAsync();
        await _running;
        _abandoned.Dispose();
        _draining.Dispose();
    }

    private async Task RunAsync()
    {
        // Whoever starts listeners is not to wait for a function.
        await Task.Yield();
        try
        {
            var (status, isPastDue) = await BeginAsync();
            if (isPastDue || settings.RunsOnStartup)
                status = await FireAsync(status, isPastDue, scheduled: false);
            while (!_draining.IsCancellationRequested)
            {
                status = TimerPlan.Waiting(settings.Schedule, status, time.GetUtcNow());
                if (status.Next - time.GetUtcNow() is var wait && wait <= TimeSpan.Zero)
                    status = await FireAsync(status, isPastDue: false, scheduled: true);
                else
                    await Task.Delay(wait < Glance ? Up(wait) : Glance, time, _draining.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Drained, or abandoned in the middle of a run: that one is past due for whoever listens next.
        }
    }

    private async Task<(TimerStatus Status, bool IsPastDue)> BeginAsync()
    {
        var stored = await Safely(() => records.FindAsync(function.Name, settings.Monitored, _draining.Token));
        var begin = TimerPlan.Begin(settings.Schedule, stored, time.GetUtcNow());
        LogListens(function.Name, settings.Schedule, settings.Zone.Id, begin.Status.Next);
        if (begin.Status != stored)
            await KeepAsync(begin.Status);
        return begin;
    }

    private async Task<TimerStatus> FireAsync(TimerStatus status, bool isPastDue, bool scheduled)
    {
        var started = time.GetUtcNow();
        var payload = TimerPayload.Of(settings.Schedule, settings.Zone, settings.Monitored ? status : null, isPastDue);
        if (isPastDue)
            LogPastDue(function.Name, status.Next);
        await InvokeAsync(payload);
        var next = TimerPlan.Ran(settings.Schedule, status, started, scheduled);
        await KeepAsync(next);
        return next;
    }

    private async Task InvokeAsync(JsonObject payload)
    {
        var inputs = ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, new Value.Json(payload));
        try
        {
            await invoker.InvokeAsync(new(Invocation.NewId(), function, inputs, []), _abandoned.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of the host's, and no reason for the timer to stop.
            LogFault(e, function.Name);
        }
    }

    // Also while draining: whoever listens next must know.
    private Task<bool> KeepAsync(TimerStatus status) => Safely(async () =>
    {
        await records.KeepAsync(function.Name, settings.Monitored, status, _abandoned.Token);
        return true;
    });

    private async Task<T?> Safely<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (IOException e)
        {
            LogForgetful(e, function.Name);
            return default;
        }
    }

    // A timer counts whole milliseconds, and firing a part of one early would be firing for nothing.
    private static TimeSpan Up(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    [LoggerMessage(3001, LogLevel.Information, "Timer {Function} ({Schedule}, {Zone}) is due next at {Next:u}")]
    private partial void LogListens(string function, Schedule schedule, string zone, DateTimeOffset next);

    [LoggerMessage(3002, LogLevel.Warning, "Timer {Function} was due at {Due:u} and is past due: it runs now, once")]
    private partial void LogPastDue(string function, DateTimeOffset due);

    [LoggerMessage(3004, LogLevel.Error, "Timer {Function} could not be run")]
    private partial void LogFault(Exception exception, string function);

    [LoggerMessage(3003, LogLevel.Error, "The status of timer {Function} could not be kept")]
    private partial void LogForgetful(Exception exception, string function);
}
