using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.FunctionApp.Publishing;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>
/// Reports when a host has ended or its report has changed. A host that is loading an app is polled often, the others now and then:
/// they push nothing.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class FunctionAppWatcher(AppFolders folders, FunctionAppObserver observer, PublishedDeployments published, ProcessSupervisor supervisor, TimeProvider time)
{
    private const int CalmTicks = 25;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private volatile IReadOnlyDictionary<string, ObservedFunctionApp> _seen = new Dictionary<string, ObservedFunctionApp>();

    private volatile string _due = "";
    private volatile string _reported = "";

    /// <summary>What the last pass observed; only a difference to it is reported.</summary>
    /// <param name="due">Published packages for which a further pass has something to do; empty for none.</param>
    public void Seen(IReadOnlyDictionary<string, ObservedFunctionApp> apps, string due)
    {
        _seen = apps;
        _due = due;
    }

    public Task RunAsync(Action<string> changed, CancellationToken cancellation) =>
        Task.WhenAll(supervisor.WatchAsync(changed, cancellation), AskAsync(changed, cancellation));

    private async Task AskAsync(Action<string> changed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, time);
        for (var tick = 0; await timer.WaitForNextTickAsync(cancellation); tick++)
        {
            if (_due is { Length: > 0 } due && (due != _reported || tick % CalmTicks == 0))
            {
                _reported = due;
                changed("a published package has not been deployed yet");
            }

            if (published.Changed() is { } app)
                changed($"a package was published as {app}");
            foreach (var (name, seen) in _seen)
            {
                if (seen.Phase == AppHostPhase.Stopped || (IsCalm(seen) && tick % CalmTicks != 0))
                    continue;
                var now = await observer.ObserveAsync(folders[name], cancellation);
                if (_seen.GetValueOrDefault(name) == seen && FingerprintOf(now) != FingerprintOf(seen))
                    changed($"the host of {name} has changed");
            }
        }
    }

    private static bool IsCalm(ObservedFunctionApp app) =>
        app is { Phase: AppHostPhase.Running, Report: { } report } && (report.OutsideSchedule || report.Failure is not null || report.Serving == app.Requested);

    /// <summary>All that a pass could act on or report, in one line.</summary>
    private static string FingerprintOf(ObservedFunctionApp? app) => app?.Report is { } report
        ? $"{app.Phase} {report.Serving} {report.Wanted} {report.Failure} {report.OutsideSchedule} {string.Join(' ', report.Functions.Select(f => f.Error))} {string.Join(' ', report.Instances.Select(i => i.IsWaiting))}"
        : $"{app?.Phase}";
}
