using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Keys;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>
/// Makes the generation that was requested last the one that serves, in its windows of time. A new one is loaded beside
/// the old one, takes over in one assignment, and only then is the old one drained.
/// </summary>
internal sealed partial class HostLoop(
    HostContext context, StartApp start, KeyStore keys, DesiredApp desired, CurrentState current, ILogger logger) : IDisposable
{
    // Workers are started this long before a window begins, so that its first request finds them ready.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);

    // A device's clock may be set while we wait for a window; it is also how long a fault of the host's own is waited out.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = context.Time;
    private readonly ILogger _logger = logger;
    private readonly GenerationDrainer _drainer = new(context.Options.DrainLimit, logger);

    private HostState State
    {
        get => current.Value;
        set => current.Value = value;
    }

    // By the wall clock as it is now, which may have been set since the failure.
    private DateTimeOffset? RetryAt => State.Retry is var (since, wait) ? _time.GetUtcNow() + (wait - _time.GetElapsedTime(since)) : null;

    /// <summary>Runs until cancelled, and then drains. Nothing that an app does ends it.</summary>
    public async Task RunAsync(PublicPort port, CancellationToken stop)
    {
        try
        {
            while (true)
                await desired.WaitAsync(await TryConvergeAsync(port, stop), _time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await StopAsync();
        }
    }

    public void Dispose() => _drainer.Dispose();

    private async Task<DateTimeOffset?> TryConvergeAsync(PublicPort port, CancellationToken stop)
    {
        try
        {
            return desired.Current is { Request: { } request } wanted ? await ConvergeAsync(wanted, request, port, stop) : null;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            LogFault(fault);
            return _time.GetUtcNow() + LongestWait;
        }
    }

    /// <summary>One step towards what is desired.</summary>
    /// <returns>When to look again although nothing new is requested; null for never.</returns>
    private async Task<DateTimeOffset?> ConvergeAsync(DesiredRequest wanted, AppRequest request, PublicPort port, CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        ScheduleState schedule, soon;
        try
        {
            schedule = RunSchedule.At(request.Schedule, now, _time.LocalTimeZone);
            soon = RunSchedule.At(request.Schedule, now + WarmUp, _time.LocalTimeZone);
        }
        catch (Exception unknown) when (unknown is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            Fail(wanted, request, $"a window's time zone is unknown (schedule): {unknown.Message} Use an IANA name such as Europe/Berlin.");
            return RetryAt;
        }

        State = State with { NextSwitch = schedule.NextSwitch, IsOutsideSchedule = State.IsOutsideSchedule || !schedule.IsInside };
        if (!schedule.IsInside && !soon.IsInside)
        {
            await LeaveScheduleAsync(wanted, request, port, stop);
            return Earlier(schedule.NextSwitch - WarmUp, now + LongestWait);
        }

        if (State.LoadedNumber != wanted.Number)
        {
            if (IsLoaded(wanted, request))
                State = State.Settled(wanted.Number);
            else if (State.FailedNumber != wanted.Number || RetryAt <= now)
                await LoadAsync(wanted, request, port, stop);
        }

        if (schedule.IsInside)
            EnterSchedule();

        return Earlier(RetryAt, schedule.NextSwitch is null ? null : Earlier(schedule.NextSwitch, now + LongestWait));
    }

    private bool IsLoaded(DesiredRequest wanted, AppRequest request) =>
        wanted.ReloadNumber <= State.LoadedNumber && State.Loaded is { } loaded && Json(loaded.Request).AsSpan().SequenceEqual(Json(request));

    private static byte[] Json(AppRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, HostJson.Default.AppRequest);

    private async Task LoadAsync(DesiredRequest wanted, AppRequest request, PublicPort port, CancellationToken stop)
    {
        using var loading = desired.WhileCurrent(wanted.Number, stop);
        HttpServer? server = null;
        try
        {
            LogLoading(request.App, request.Generation);
            server = await port.OpenAsync(request, State.Server, loading.Token);

            // While the first generation is being loaded, clients already get a Retry-After.
            if (State.Server is null)
                State = State with { Server = server };

            TakeOver(wanted, await Generation.LoadAsync(request, start, keys, context.Options.AreOpen, loading.Token), server);
        }
        catch (OperationCanceledException) when (loading.IsCancellationRequested)
        {
            LogSuperseded(request.Generation);
            await DropAsync(server);
        }
        catch (Exception failure)
        {
            await DropAsync(server);
            Fail(wanted, request, failure is AppException ? failure.Message : $"unexpected {failure.GetType().Name}: {failure.Message}");
        }
    }

    private void TakeOver(DesiredRequest wanted, Generation next, HttpServer server)
    {
        var before = State;
        keys.Use(next.Request);
        context.Log.Use(next.App.Host);
        State = before.Settled(wanted.Number) with { Loaded = next, Server = server, ServingSince = _time.GetUtcNow() };
        foreach (var problem in next.Problems)
            LogProblem(problem.Function, problem.Message);

        LogServing(next.Request.Generation, server.Url);
        foreach (var route in next.Requests.Routes.Routes)
            LogRoute(route.Function.Name, server.Url, route.Template);

        _drainer.Retire(before.Loaded, ReferenceEquals(before.Server, server) ? null : before.Server);
    }

    private void EnterSchedule()
    {
        if (State.IsOutsideSchedule)
            State = State with { IsOutsideSchedule = false, ServingSince = _time.GetUtcNow() };

        if (State.Loaded is { } generation)
            _drainer.ThenListen(generation);
    }

    private async Task LeaveScheduleAsync(DesiredRequest wanted, AppRequest request, PublicPort port, CancellationToken stop)
    {
        if (State.Loaded is { } generation)
        {
            LogOutsideSchedule(State.NextSwitch);
            State = State with { Loaded = null, LoadedNumber = 0 };
            _drainer.Retire(generation, null);
        }

        // Also now, so that clients get a Retry-After.
        try
        {
            var before = State.Server;
            State = State.Settled(0) with { Server = await port.OpenAsync(request, before, stop) };
            if (!ReferenceEquals(before, State.Server))
                _drainer.Retire(null, before);
        }
        catch (AppException failure)
        {
            Fail(wanted, request, failure.Message);
        }
    }

    private async Task DropAsync(HttpServer? server)
    {
        if (server is not null && !ReferenceEquals(server, State.Server))
            await server.DisposeAsync();
    }

    private void Fail(DesiredRequest wanted, AppRequest request, string message)
    {
        LogFailed(request.Generation, message);
        State = State.Failed(wanted.Number, message, _time.GetTimestamp());
    }

    private async Task StopAsync()
    {
        LogStopping();
        var before = State;
        State = before with { Loaded = null, Server = null };
        _drainer.Retire(before.Loaded, before.Server);
        await _drainer.EndAsync();
        LogStopped();
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;
}
