using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting.Logs;
using EdgeOperator.Functions.Hosting.Metrics;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Admin;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Platform.Timing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>
/// Hosts one app: makes the generation that was asked for last the one that serves, in its windows of time. A new one is
/// loaded beside the old one, takes over in one assignment, and only then is the old one drained.
/// </summary>
public sealed partial class AppHost : IDisposable
{
    // Workers are started this long before a window begins, so that its first request finds them ready.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly ExponentialDelay Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    // A device's clock may be set while we wait for a window.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly HostOptions _options;
    private readonly StartApp _start;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GenerationDrainer _drainer;
    private readonly PublicPort _port;
    private readonly DesiredApp _desired = new();
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;

    private volatile Generation? _loaded;
    private volatile HttpServer? _server;
    private volatile Phase _phase = new();
    private volatile bool _mustReload;
    private long _loadedNumber;
    private int _failures;
    private (long Since, TimeSpan Wait)? _retry;

    public AppHost(HostOptions options, StartApp start, KeyStore keys, AppLog log, FunctionMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _start, Keys, Log, Metrics, _time) = (options, start, keys, log, metrics, time);
        _logger = loggers.CreateLogger<AppHost>();
        _drainer = new(options.DrainLimit, _logger);
        _port = new(new RequestHandler(this, new AdminApi(this)).AnswerAsync, loggers);
        (_startedAt, _started) = (time.GetUtcNow(), time.GetTimestamp());
    }

    public KeyStore Keys { get; }

    public AppLog Log { get; }

    public FunctionMetrics Metrics { get; }

    /// <summary>Keys are not asked for.</summary>
    internal bool IsOpen => _options.AreOpen;

    /// <summary>The newest generation whose workers run, whether it serves or is outside its schedule.</summary>
    internal Generation? Loaded => _loaded;

    /// <summary>The end of listeners that were drained by hand; null when none were.</summary>
    internal Task? Draining { get; private set; }

    internal TimeSpan Uptime => _time.GetElapsedTime(_started);

    /// <summary>Asks for an app; the latest request wins, also over one that is being loaded. What serves now may be asked for again.</summary>
    public void Ask(AppRequest request) => _desired.Set(request);

    /// <summary>Loads anew what was asked for last.</summary>
    public void Reload()
    {
        _mustReload = true;
        _desired.Renew();
    }

    /// <summary>Ends listeners, by hand: until something is loaded, functions run for requests only.</summary>
    internal void DrainListeners() => Draining = _loaded?.DrainListenersAsync(CancellationToken.None);

    /// <summary>Runs until cancelled, and then drains. Nothing that an app does ends it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
                await _desired.WaitAsync(await TryConvergeAsync(stop), _time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await StopAsync();
        }
    }

    /// <summary>The generation that serves; <see cref="Generation.Release"/> must follow. Null when none does at the moment.</summary>
    public Generation? Acquire()
    {
        while (!_phase.IsOutsideSchedule && _loaded is { } generation)
        {
            if (generation.TryAcquire())
                return generation;

            if (ReferenceEquals(generation, _loaded))
                return null;
        }

        return null;
    }

    /// <summary>Seconds until it is worth asking again.</summary>
    public int RetryAfter() =>
        _phase is { IsOutsideSchedule: true, NextSwitch: { } next } ? (int)Math.Clamp((next - _time.GetUtcNow()).TotalSeconds + 1, 1, 86400) : 5;

    public HostReport Report()
    {
        var (wanted, number) = _desired.Current;
        var (generation, phase) = (_loaded, _phase);
        var serves = generation is not null && !phase.IsOutsideSchedule;
        return new()
        {
            App = wanted?.App ?? "",
            Version = HostVersion.Text,
            ProcessId = Environment.ProcessId,
            StartedAt = _startedAt,
            Serving = serves ? generation!.Request.Generation : null,
            ServingSince = serves ? phase.ServingSince : null,
            OutsideSchedule = phase.IsOutsideSchedule,
            NextSwitch = phase.NextSwitch,
            Wanted = wanted?.Generation,
            Failure = number == phase.FailedNumber ? phase.Failure : null,
            Url = _server?.Url,
            Functions = generation is null ? [] : FunctionReports.Of(generation, _server?.Url, Metrics),
            Instances = generation?.Running.Instances ?? [],
        };
    }

    public void Dispose() => _drainer.Dispose();

    private async Task<DateTimeOffset?> TryConvergeAsync(CancellationToken stop)
    {
        try
        {
            return await ConvergeAsync(stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            LogFault(fault);
            return _time.GetUtcNow() + Retry.Longest;
        }
    }

    /// <summary>One step towards what was asked for.</summary>
    /// <returns>When to look again although nothing is asked for; null for never.</returns>
    private async Task<DateTimeOffset?> ConvergeAsync(CancellationToken stop)
    {
        var (wanted, number) = _desired.Current;
        if (wanted is null)
            return null;

        var now = _time.GetUtcNow();
        ScheduleState moment, soon;
        try
        {
            moment = RunSchedule.At(wanted.Schedule, now, _time.LocalTimeZone);
            soon = RunSchedule.At(wanted.Schedule, now + WarmUp, _time.LocalTimeZone);
        }
        catch (Exception unknown) when (unknown is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            Failed(wanted, number, $"a window's time zone is unknown (schedule): {unknown.Message} Use an IANA name such as Europe/Berlin.");
            return RetryAt;
        }

        _phase = _phase with { NextSwitch = moment.NextSwitch };
        if (!moment.IsInside && !soon.IsInside)
        {
            await LeaveScheduleAsync(wanted, number, stop);
            return Earlier(moment.NextSwitch - WarmUp, now + LongestWait);
        }

        if (!moment.IsInside)
            _phase = _phase with { IsOutsideSchedule = true };

        if (_loadedNumber != number && IsLoaded(wanted))
            Settle(number);
        else if (_loadedNumber != number && IsDue(number, now))
            await LoadAsync(wanted, number, stop);

        if (moment.IsInside)
            Wake();

        return Earlier(RetryAt, moment.NextSwitch is null ? null : Earlier(moment.NextSwitch, now + LongestWait));
    }

    private bool IsDue(long number, DateTimeOffset now) => _phase.FailedNumber != number || RetryAt <= now;

    // By the wall clock as it is now, which may have been set since.
    private DateTimeOffset? RetryAt => _retry is var (since, wait) ? _time.GetUtcNow() + (wait - _time.GetElapsedTime(since)) : null;

    private bool IsLoaded(AppRequest wanted) => !_mustReload && _loaded is { } loaded && Text(loaded.Request).AsSpan().SequenceEqual(Text(wanted));

    private static byte[] Text(AppRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, HostJson.Default.AppRequest);

    private void Settle(long number)
    {
        _loadedNumber = number;
        _phase = _phase with { Failure = null };
        (_failures, _retry) = (0, null);
    }

    private async Task LoadAsync(AppRequest wanted, long number, CancellationToken stop)
    {
        using var loading = _desired.WhileCurrent(number, stop);
        HttpServer? server = null;
        try
        {
            LogLoading(wanted.App, wanted.Generation);
            server = await _port.OpenAsync(wanted, _server, loading.Token);
            _server ??= server;
            TakeOver(wanted, number, await Generation.LoadAsync(wanted, _start, Keys, _options.AreOpen, loading.Token), server);
        }
        catch (OperationCanceledException) when (loading.IsCancellationRequested)
        {
            LogSuperseded(wanted.Generation);
            await DropAsync(server);
        }
        catch (Exception failure)
        {
            await DropAsync(server);
            Failed(wanted, number, failure is AppException ? failure.Message : $"unexpected {failure.GetType().Name}: {failure.Message}");
        }
    }

    private void TakeOver(AppRequest wanted, long number, Generation next, HttpServer server)
    {
        var (before, serverBefore) = (_loaded, _server);
        Keys.Use(wanted);
        Log.Use(next.App.Host);
        _mustReload = false;
        Draining = null;
        _loaded = next;
        Settle(number);
        _phase = _phase with { ServingSince = _time.GetUtcNow() };
        _server = server;
        foreach (var problem in next.Problems)
            LogProblem(problem.Function, problem.Message);

        var url = server.Url;
        LogServing(wanted.Generation, url);
        foreach (var route in next.Requests.Routes.Routes)
            LogRoute(route.Function.Name, url, route.Template);

        _drainer.Retire(before, ReferenceEquals(serverBefore, server) ? null : serverBefore);
    }

    private void Wake()
    {
        if (_phase.IsOutsideSchedule)
            _phase = _phase with { IsOutsideSchedule = false, ServingSince = _time.GetUtcNow() };

        if (_loaded is { } generation)
            _drainer.ThenListen(generation);
    }

    private async Task LeaveScheduleAsync(AppRequest wanted, long number, CancellationToken stop)
    {
        _phase = _phase with { IsOutsideSchedule = true };
        if (_loaded is { } generation)
        {
            LogOutsideSchedule(_phase.NextSwitch);
            _loaded = null;
            _loadedNumber = 0;
            _drainer.Retire(generation, null);
        }

        // Also now, so that clients are told when to come back.
        try
        {
            var before = _server;
            _server = await _port.OpenAsync(wanted, _server, stop);
            if (!ReferenceEquals(before, _server))
                _drainer.Retire(null, before);

            Settle(0);
        }
        catch (AppException failure)
        {
            Failed(wanted, number, failure.Message);
        }
    }

    private async Task DropAsync(HttpServer? server)
    {
        if (server is not null && !ReferenceEquals(server, _server))
            await server.DisposeAsync();
    }

    // What nothing serves in place of is tried again; otherwise it is for the one who asked to decide.
    private void Failed(AppRequest wanted, long number, string message)
    {
        LogFailed(wanted.Generation, message);
        _phase = _phase with { Failure = message, FailedNumber = number };
        _retry = _loaded is null ? (_time.GetTimestamp(), Retry.After(++_failures)) : null;
    }

    private async Task StopAsync()
    {
        LogStopping();
        _drainer.Retire(Interlocked.Exchange(ref _loaded, null), Interlocked.Exchange(ref _server, null));
        await _drainer.EndAsync();
        LogStopped();
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;
}
