using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>
/// What the packages of one SystemUpdate need: lists and packages are fetched in the download window, and changed in the maintenance window
/// as one transaction. One that was begun is always brought to its end, whatever time it is.
/// </summary>
internal static class PackagesPlanner
{
    /// <param name="revision">The one that asks for them.</param>
    public static ResourcePlan Plan(SystemUpdateResource resource, string revision, ObservedUpdates observed, UpdateTimes times)
    {
        var (id, name) = (resource.Id, resource.Id.Name);
        if (observed.Transaction is { IsOver: false } running)
        {
            return running.Update == name
                ? new() { Cleanup = [Finish(id, running, observed.IsWorking)] }
                : Wait(BlockedReason.WaitingForUpdate, $"it waits for SystemUpdate/{running.Update}, which changes packages now");
        }

        var packages = observed.Packages.GetValueOrDefault(name) ?? new();
        if (packages.Unavailable is { } unavailable)
            return Problem(BlockedReason.DriverUnavailable, unavailable);
        if (times.Problem is { } never)
            return Problem(BlockedReason.WindowNeverOpens, never);
        if (times.IsRefreshDue(packages))
        {
            return times.IsOpenForDownloads
                ? new() { Prepare = [new RefreshPackages(id, !times.IsKnown(packages) ? "what repositories have now is not known" : "package lists are out of date")] }
                : packages.IsInSync && packages.Problem is null && times.IsKnown(packages) ? ResourcePlan.Nothing
                : Wait(BlockedReason.WaitingForWindow, $"package lists are fetched in the download window, which {resource.Update.DownloadWindow!.Describe(times.Now)}", times.OpensForDownloads);
        }

        if (packages.Problem is { } problem)
            return Problem(BlockedReason.UpdateRefused, problem);
        if (packages.IsInSync)
            return ResourcePlan.Nothing;
        if (FailureOf(resource, revision, observed, packages, times) is { } failure)
            return Problem(BlockedReason.UpdateFailed, failure);
        if (packages.LacksSpace is { } full)
            return Problem(BlockedReason.DiskTooFull, full);

        var download = packages.ToFetch > 0 ? new DownloadPackages(id, PackageText.Of(packages), packages.ChangesHash) : null;
        if (download is not null && !times.IsOpenForDownloads)
            return Wait(BlockedReason.WaitingForWindow, $"{PackageText.Of(packages)}: fetched in the download window, which {resource.Update.DownloadWindow!.Describe(times.Now)}", times.OpensForDownloads);
        if (times.IsOpen)
        {
            var apply = new ApplyPackages(id, PackageText.Of(packages), packages.ChangesHash, times.Override is { } asked ? $"{asked.By} asked for it" : null);
            return new() { Prepare = download is null ? [] : [download], Switch = [apply] };
        }

        return download is not null ? new() { Prepare = [download] } : Wait(BlockedReason.WaitingForWindow, $"{PackageText.Of(packages)}: the window {times.Words}", times.Opens);

        ResourcePlan Wait(BlockedReason reason, string message, DateTimeOffset? until = null) =>
            ResourcePlan.Block(new(id, reason, message, until, IsProblem: false));

        ResourcePlan Problem(BlockedReason reason, string message) =>
            ResourcePlan.Block(new(id, reason, message, Until: times.RefreshDueAt(packages), IsProblem: true));
    }

    /// <summary>Goes on with a transaction that is under way.</summary>
    public static ApplyPackages Finish(ResourceId id, PackageTransaction running, bool isWorking) => new(id, Progress(running, isWorking), running.ChangesHash, running.Override);

    /// <summary>Why the same changes are not tried again; null when they may be. Another revision may have what they lacked, and so may try them once.</summary>
    public static string? FailureOf(SystemUpdateResource resource, string revision, ObservedUpdates observed, ObservedPackages packages, UpdateTimes times) =>
        observed.Transaction is { } last && last.HasFailedWith(resource.Id.Name, packages.ChangesHash) && last.Revisions.Contains(revision) && times.Override is null
            ? $"{last.Message}; not tried again until other versions or another commit are there, or somebody asks for it (edgeop update now {resource.Id.Name})"
            : null;

    private static string Progress(PackageTransaction transaction, bool isWorking) => isWorking
        ? transaction.Message is { Length: > 0 } message ? message : "its transaction is under way"
        : $"its transaction was cut short ({PackageText.Short(transaction.Changes)}) and is taken up again";
}
