using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Releases;

/// <summary>What a device needs to run a version of edgeop, and whether it does.</summary>
/// <param name="isCommitted">The revision in force has been good on this device before, so that a lower version is no more than a way back.</param>
internal sealed class ReleasePlan(ResourceId id, AgentRelease release, ObservedReleases observed, string revision, bool isCommitted)
{
    /// <returns>Null when nothing is asked for, or nothing is known.</returns>
    public static ReleasePlan? Of(ResourceId id, AgentRelease? release, PlanningContext context) =>
        release is not null && ObservedUpdates.Of(context.Observed).Agent is { } observed
            ? new(id, release, observed, context.Desired.Revision, context.Inventory.Committed)
            : null;

    private bool IsRunning => observed.Running == release.Version;

    private bool IsOnTrial => observed.Trial is { } trial && trial.To == observed.Running;

    /// <summary>This revision has tried it, and may not try it again.</summary>
    private FailedRelease? Failure => observed.Failed is { } failed && failed.Version == release.Version && failed.Revision == revision ? failed : null;

    /// <summary>Why it can't be had as long as manifests and configuration stay as they are; null when it can.</summary>
    public BlockedResource? Blocked =>
        IsRunning ? null
        : observed.Unsupervised is { } why ? Refuse($"the agent can't change its version: {why}")
        : release.IsBelow(observed.Running) && !release.AllowDowngrade && !isCommitted
            ? Refuse($"{release.Version} is lower than {observed.Running}, which runs: set agent.allowDowngrade: true if that is meant")
        : null;

    public StageAgent? Stage => IsRunning || Blocked is not null || observed.IsInstalled(release)
        ? null
        : new(id, $"the device should run {release.Version}, and has {observed.Running}", release);

    /// <summary>What ends the trial of the version that runs; null when it is on none, or has not proven itself.</summary>
    public ConfirmAgent? Confirm => IsOnTrial && observed.Trial!.HasProven
        ? new(id, $"{observed.Running} has completed a pass", observed.Running)
        : null;

    /// <summary>The change itself: nothing while another one is on trial. What this revision has tried in vain fails at once.</summary>
    public IEnumerable<Step> Switch => IsRunning || Blocked is not null || IsOnTrial
        ? []
        : Failure is { } failure ? [new SwitchAgent(id, $"{release.Version} was taken back: {failure.Reason}", release.Version)]
        :
        [
            new BackUpAgent(id, $"{release.Version} takes the place of {observed.Running}", release.Version),
            new SwitchAgent(id, $"the device should run {release.Version}, and runs {observed.Running}", release.Version),
        ];

    /// <summary>Versions that are neither wanted, nor run, nor can be gone back to.</summary>
    public IEnumerable<RemoveAgent> Cleanup => !isCommitted || !IsRunning || observed.Trial is not null
        ? []
        : Superseded.Select(old => new RemoveAgent(id, "later versions have taken its place", old.Version));

    /// <summary>Fetched in the download window, changed in the maintenance window; a trial ends whatever time it is.</summary>
    public ResourcePlan Plan(UpdateTimes times)
    {
        if (Blocked is { } blocked)
            return ResourcePlan.Block(blocked);
        if (Confirm is { } confirm)
            return new() { Switch = [confirm] };
        if (!IsRunning && times.Problem is { } never)
            return ResourcePlan.Block(new(id, BlockedReason.WindowNeverOpens, never, Until: null, IsProblem: true));
        if (Stage is { } stage && !times.IsOpenForDownloads)
            return Wait($"{stage.Reason}: it is fetched in the download window", times.OpensForDownloads);
        if (times.IsOpen || IsRunning)
            return new() { Fetch = Stage, Switch = [.. Switch], Cleanup = [.. Cleanup] };
        return Stage is { } early ? new() { Fetch = early } : Wait($"{Wanted}: the window {times.Words}", times.Opens);

        ResourcePlan Wait(string message, DateTimeOffset? until) => ResourcePlan.Block(new(id, BlockedReason.WaitingForWindow, message, until, IsProblem: false));
    }

    /// <summary>Whether the version runs, and stays.</summary>
    public bool IsDone => IsRunning && !IsOnTrial;

    public ReadinessReport Assess(UpdateTimes times) =>
        IsRunning && IsOnTrial ? new(id, ReadinessLevel.Progressing, "OnTrial", $"{release.Version} runs, and has yet to complete a pass")
        : IsRunning ? new(id, ReadinessLevel.Ready, "Current", $"it runs {release.Version}")
        : Failure is { } failure ? new(id, ReadinessLevel.Failed, "AgentTakenBack", $"{release.Version} was taken back: {failure.Reason}") { IsFinal = true }
        : times.IsOpen ? new(id, ReadinessLevel.Progressing, "Outdated", Wanted)
        : new(id, ReadinessLevel.Suspended, nameof(BlockedReason.WaitingForWindow), $"{Wanted}: the window {times.Words}") { Until = times.Opens };

    private string Wanted => $"it runs {observed.Running} and should run {release.Version}";

    /// <summary>All that does not run, but for the highest that was not taken back: that one is what the device came from.</summary>
    private IEnumerable<InstalledRelease> Superseded => observed.Installed
        .Where(installed => !installed.InUse && installed.Version != release.Version)
        .OrderBy(installed => installed.Version == observed.Failed?.Version)
        .ThenByDescending(installed => installed.Version, VersionOrder.Instance)
        .Skip(1);

    private BlockedResource Refuse(string message) => new(id, BlockedReason.UpdateRefused, message, Until: null, IsProblem: true);
}
