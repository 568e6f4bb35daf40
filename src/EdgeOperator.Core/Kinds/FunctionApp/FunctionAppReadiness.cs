using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>Whether a function app's host serves the desired generation, and all of its functions can run.</summary>
internal static class FunctionAppReadiness
{
    private const int NamedFunctions = 3;

    public static ReadinessReport Assess(FunctionAppResource desired, ObservedState observed)
    {
        var found = observed.Apps.GetValueOrDefault(desired.Id.Name);
        if (PublishedPackages.Resolve(desired, observed) is { } app)
            return Assess(app, found);
        // As desired: the manifest leaves to publishers what there is.
        return Report(desired, ReadinessLevel.Ready, "NotPublished", found is { Report.Serving: not null }
            ? "it waits for a package to be published, and what served before serves on"
            : "it waits for a package to be published");
    }

    private static ReadinessReport Assess(FunctionAppResource app, ObservedFunctionApp? observed) => observed switch
    {
        { Unavailable: { } why } => Report(app, ReadinessLevel.Failed, nameof(BlockedReason.PathRefused), why),
        null or { Phase: AppHostPhase.Stopped, Requested: null } => Report(app, ReadinessLevel.Progressing, "Missing", "it has not been put into service"),
        { Phase: AppHostPhase.Stopped, ExitReason: { Length: > 0 } words } => Report(app, ReadinessLevel.Failed, "HostEnded", $"its host has ended: {words}"),
        { Phase: AppHostPhase.Stopped } => Report(app, ReadinessLevel.Progressing, "HostEnded", "its host does not run"),
        { Phase: AppHostPhase.Hung } => Report(app, ReadinessLevel.Failed, "HostHung", "its host does not answer"),
        { Report: { } report } found when found.Requested == app.SpecHash && report.Wanted == app.SpecHash => Assess(app, report),
        { Phase: AppHostPhase.Starting } => Report(app, ReadinessLevel.Progressing, "Starting", "its host is starting"),
        _ => Report(app, ReadinessLevel.Progressing, "Outdated", "another generation is in service"),
    };

    private static ReadinessReport Assess(FunctionAppResource app, HostReport report)
    {
        if (report.Failure is { } failure)
            return Report(app, ReadinessLevel.Failed, "NotLoaded", failure);
        if (report.OutsideSchedule)
            return Report(app, ReadinessLevel.Ready, "OutsideSchedule", "it is outside its schedule until its next window");
        if (report.Serving != app.SpecHash)
            return Report(app, ReadinessLevel.Progressing, "Loading", "its host is loading it");
        if (report.Functions.Where(f => f is { Error: not null, Disabled: false }).ToList() is { Count: > 0 } broken)
            return Report(app, ReadinessLevel.Failed, "FunctionsBroken", Describe(broken));
        if (report.Instances is { IsEmpty: false } instances && instances.All(i => i.IsWaiting))
            return Report(app, ReadinessLevel.Failed, "WorkersEnded", $"no worker runs; they were restarted {instances.Max(i => i.Restarts)} times");
        return Report(app, ReadinessLevel.Ready, "Serving", "it is served") with { Since = report.ServingSince };
    }

    private static string Describe(List<FunctionReport> broken)
    {
        var named = string.Join("; ", broken.Take(NamedFunctions).Select(f => $"{f.Name} can't run: {f.Error}"));
        return broken.Count > NamedFunctions ? $"{named}; and {broken.Count - NamedFunctions} more" : named;
    }

    private static ReadinessReport Report(FunctionAppResource app, ReadinessLevel level, string reason, string message) =>
        new(app.Id, level, reason, message);
}
