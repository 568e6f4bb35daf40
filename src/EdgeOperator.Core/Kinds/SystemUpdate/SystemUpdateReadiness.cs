using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>
/// Whether the device's software is as desired. What a manifest asks for anew counts only once it is there. After that, newer versions that wait
/// for their window leave it Ready: there will always be some.
/// </summary>
internal static class SystemUpdateReadiness
{
    public static ReadinessReport Assess(SystemUpdateResource resource, PlanningContext context)
    {
        var observed = ObservedUpdates.Of(context.Observed);
        var times = new UpdateTimes(resource.Update, resource.Id.Name, observed, context.Now + observed.ClockOffset);
        var agent = ReleasePlan.Of(resource.Id, resource.Update.Agent, context)?.Assess(times);
        var reboot = new RebootPlan(resource, observed, times, context);
        var report = reboot.IsUnderWay ? null : resource.Update.HasPackages ? Packages(resource, context.Desired.Revision, observed, times) : null;
        if (report is null or { IsReady: true })
            report = reboot.Assess() ?? report;
        return report is { IsReady: false } || agent is null ? report ?? Report(resource, ReadinessLevel.Ready, "Current", "there is nothing to update")
            : agent.IsReady && report is not null ? report
            : agent;
    }

    /// <summary>Whether all that was ever found to change is done: for those that depend on it.</summary>
    public static bool IsCurrent(SystemUpdateResource resource, PlanningContext context)
    {
        var observed = ObservedUpdates.Of(context.Observed);
        if (ReleasePlan.Of(resource.Id, resource.Update.Agent, context) is { IsDone: false })
            return false;
        if (!new RebootPlan(resource, observed, new(resource.Update, resource.Id.Name, observed, context.Now + observed.ClockOffset), context).IsDone)
            return false;
        return !resource.Update.HasPackages
            || (observed.Transaction is not { IsOver: false } && observed.Packages.GetValueOrDefault(resource.Id.Name) is { } packages && packages.AppliedHash == resource.Update.PackagesHash);
    }

    private static ReadinessReport Packages(SystemUpdateResource resource, string revision, ObservedUpdates observed, UpdateTimes times)
    {
        var packages = observed.Packages.GetValueOrDefault(resource.Id.Name) ?? new();
        if (observed.Transaction is { IsOver: false } running && running.Update == resource.Id.Name)
            return Report(resource, ReadinessLevel.Progressing, $"{running.Phase}", running.Message is { Length: > 0 } message ? message : "its transaction is under way");
        if (packages.Unavailable is { } unavailable)
            return Report(resource, ReadinessLevel.Failed, nameof(BlockedReason.DriverUnavailable), unavailable);
        if (!times.IsKnown(packages))
            return Waiting(resource, times, times.IsOpenForDownloads, "what repositories have now is not known");
        if (packages.Problem is { } problem)
            return Report(resource, ReadinessLevel.Failed, nameof(BlockedReason.UpdateRefused), problem) with { Until = times.RefreshDueAt(packages) };
        if (packages.IsInSync)
            return Report(resource, ReadinessLevel.Ready, "Current", "its packages are as desired") with { Until = times.RefreshDueAt(packages) };
        if (PackagesPlanner.FailureOf(resource, revision, observed, packages, times) is { } failure)
            return Report(resource, ReadinessLevel.Failed, nameof(BlockedReason.UpdateFailed), failure) with { Until = times.RefreshDueAt(packages), IsFinal = true };
        return IsKnown(resource, packages) && !times.IsOpen
            ? Report(resource, ReadinessLevel.Ready, "UpdatesWaiting", $"{PackageText.Changes(packages)}: waits for its window, which {times.Words}") with { Until = times.Opens }
            : Waiting(resource, times, times.IsOpen, PackageText.Changes(packages));
    }

    /// <summary>It has been as desired before, and only newer versions have come since.</summary>
    private static bool IsKnown(SystemUpdateResource resource, ObservedPackages packages) => packages.AppliedHash == resource.Update.PackagesHash;

    private static ReadinessReport Waiting(SystemUpdateResource resource, UpdateTimes times, bool isOpen, string what) => isOpen
        ? Report(resource, ReadinessLevel.Progressing, "Outdated", what)
        : Report(resource, ReadinessLevel.Suspended, nameof(BlockedReason.WaitingForWindow), $"{what}: waits for its window, which {times.Words}") with { Until = times.Opens };

    private static ReadinessReport Report(SystemUpdateResource resource, ReadinessLevel level, string reason, string message) => new(resource.Id, level, reason, message);
}
