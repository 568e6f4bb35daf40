using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.FunctionApp.Publishing;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Timing;

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

    private readonly PollTimer _timer = new(Tick, time);

    private volatile Baseline _baseline = new(ObservedState.Nothing, "", IsNeeded: false);

    /// <summary>Only a difference to this is reported from now on.</summary>
    public void Follow(DeviceState device)
    {
        _baseline = new(
            device.Observed,
            string.Join(' ', device.Desired.Apps.Select(app => PublishedPackages.DueFor(app, device.Observed)).OfType<string>()),
            device.Desired.Apps.Any() || device.Observed.Apps.Count > 0);
        _timer.Wake();
    }

    public Task RunAsync(Action<string> changed, CancellationToken cancellation) =>
        Task.WhenAll(supervisor.WatchAsync(changed, cancellation), AskAsync(changed, cancellation));

    private async Task AskAsync(Action<string> changed, CancellationToken cancellation)
    {
        var reported = "";
        for (var tick = 0; ; tick++)
        {
            await _timer.NextAsync(() => _baseline.IsNeeded, cancellation);
            var baseline = _baseline;
            if (baseline.Due is { Length: > 0 } due && (due != reported || tick % CalmTicks == 0))
            {
                reported = due;
                changed("a published package has not been deployed yet");
            }

            if (published.ChangedSince(baseline.Observed) is { } app)
                changed($"a package was published as {app}");
            foreach (var (name, seen) in baseline.Observed.Apps)
            {
                if (seen.Phase == AppHostPhase.Stopped || (IsCalm(seen) && tick % CalmTicks != 0))
                    continue;
                var now = await observer.ObserveAsync(folders[name], cancellation);
                if (ReferenceEquals(_baseline, baseline) && FingerprintOf(now) != FingerprintOf(seen))
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

    /// <param name="Due">Published packages for which a further pass has something to do; empty for none.</param>
    /// <param name="IsNeeded">Whether there are apps, or should be.</param>
    private sealed record Baseline(ObservedState Observed, string Due, bool IsNeeded);
}
