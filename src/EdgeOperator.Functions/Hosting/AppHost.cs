using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Logs;
using EdgeOperator.Functions.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>One app's host as its owner sees it: takes requests for what must be served, and reports what is served. <see cref="HostLoop"/> does the work.</summary>
public sealed class AppHost : IDisposable
{
    private readonly HostContext _context;
    private readonly DesiredApp _desired = new();
    private readonly HostLoop _loop;
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;

    public AppHost(HostContext context, StartApp start, KeyStore keys)
    {
        (_context, Keys, Current) = (context, keys, new(context.Time));
        _loop = new(context, start, keys, _desired, Current, context.Loggers.CreateLogger<AppHost>());
        (_startedAt, _started) = (context.Time.GetUtcNow(), context.Time.GetTimestamp());
    }

    public KeyStore Keys { get; }

    public AppLog Log => _context.Log;

    public FunctionMetrics Metrics => _context.Metrics;

    /// <summary>Keys are not asked for.</summary>
    internal bool IsOpen => _context.Options.AreOpen;

    internal CurrentState Current { get; }

    internal TimeSpan Uptime => _context.Time.GetElapsedTime(_started);

    /// <summary>Requests an app; the latest request wins, also over one that is being loaded. What serves now may be requested again.</summary>
    public void Set(AppRequest request) => _desired.Set(request);

    /// <summary>Loads anew what was requested last.</summary>
    public void Reload() => _desired.Reload();

    /// <summary>Runs until cancelled, and then drains. Nothing that an app does ends it.</summary>
    /// <param name="answer">Answers the requests on the app's port.</param>
    public Task RunAsync(Func<HttpContext, Task> answer, CancellationToken stop) => _loop.RunAsync(new(answer, _context.Loggers), stop);

    public HostReport Report()
    {
        var (desired, state) = (_desired.Current, Current.Value);
        return new()
        {
            App = desired.Request?.App ?? "",
            Version = HostVersion.Text,
            ProcessId = Environment.ProcessId,
            StartedAt = _startedAt,
            Serving = state.Serving?.Request.Generation,
            ServingSince = state.Serving is null ? null : state.ServingSince,
            OutsideSchedule = state.IsOutsideSchedule,
            NextSwitch = state.NextSwitch,
            Wanted = desired.Request?.Generation,
            Failure = state.FailedNumber == desired.Number ? state.Failure : null,
            Url = state.Server?.Url,
            Functions = state.Loaded is { } loaded ? FunctionReports.Of(loaded, state.Server?.Url, Metrics) : [],
            Instances = state.Loaded?.Running.Instances ?? [],
        };
    }

    public void Dispose() => _loop.Dispose();
}
