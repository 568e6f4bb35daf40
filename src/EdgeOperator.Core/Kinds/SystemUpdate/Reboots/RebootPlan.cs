using System.Collections.Immutable;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Reboots;

/// <summary>
/// Whether a device is rebooted for one SystemUpdate, and whether it is well afterwards. At most one reboot for what the update itself has changed, and
/// one for its way back; for anything else one in each opening of the window.
/// </summary>
internal sealed class RebootPlan(SystemUpdateResource update, ObservedUpdates observed, UpdateTimes times, PlanningContext context)
{
    private const int Named = 3;

    /// <summary>Without a window, how long after a reboot the device is left alone.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromHours(6);

    private RebootSpec Spec => update.Update.Reboot ?? RebootSpec.Never;

    /// <summary>The one that is under way; null when none is.</summary>
    private DeviceReboot? Running => observed.Reboot is { IsOver: false } running ? running : null;

    /// <summary>Whether a reboot for this very update is under way.</summary>
    public bool IsUnderWay => Running?.Update == update.Id.Name;

    /// <summary>Whether nothing has to happen before others may rely on the update.</summary>
    public bool IsDone => !IsUnderWay && (Reasons.IsEmpty || !IsAllowed || IsTooSoon || !IsOpen);

    private bool IsAllowed => Spec.Policy != RebootPolicy.Never;

    /// <summary>What was taken back after a boot that was not good takes effect by another one alone, and the device is not left half-way until its window opens.</summary>
    public bool IsWayBack => observed.Reboot is { Phase: RebootPhase.Failed, Transaction: { } id } failed && failed.Update == update.Id.Name
        && observed.Transaction is { Phase: TransactionPhase.WentBack } last && last.Id == id && last.Boot is not null && last.Boot == observed.Boot;

    /// <summary>An operator's word that windows don't count holds for the reboot that follows the packages too, and for one.</summary>
    private bool IsAsked => observed.Overrides.GetValueOrDefault(update.Id.Name) is { } asked && asked.At <= times.Now && times.Now < asked.At + WindowOverride.Lasts && !(observed.Reboot?.At >= asked.At);

    private bool IsOpen => times.IsOpen || IsAsked || IsWayBack;

    /// <summary>Why a reboot is needed; nothing when it is not.</summary>
    public ImmutableArray<string> Reasons =>
        !observed.RebootReasons.IsEmpty ? observed.RebootReasons
        : Spec.Policy == RebootPolicy.Always && observed.Transaction is { Phase: TransactionPhase.Applied, Changes.IsEmpty: false } last && last.Update == update.Id.Name && last.Boot is not null && last.Boot == observed.Boot
            ? [$"{PackageText.Short(last.Changes)}: a reboot after each change is asked for"]
        : [];

    public ResourcePlan Plan()
    {
        if (Running is { } running)
        {
            return running.Update != update.Id.Name ? Wait($"the device is rebooted for SystemUpdate/{running.Update}: {running.Because}")
                : running.Phase == RebootPhase.Checking ? Check(running)
                : running.Failure is { } refused ? End("it did not come about", refused)
                : new() { Reboot = new RebootDevice(update.Id, running.Because) };
        }

        if (Reasons is not { IsEmpty: false } reasons || !IsAllowed)
            return ResourcePlan.Nothing;
        if (times.Problem is { } never && !IsWayBack)
            return ResourcePlan.Block(new(update.Id, BlockedReason.WindowNeverOpens, never, Until: null, IsProblem: true));
        if (IsTooSoon)
            return ResourcePlan.Block(new(update.Id, BlockedReason.WaitingForReboot, TooSoon(reasons), times.Opens, IsProblem: false));
        if (!IsOpen)
            return ResourcePlan.Block(new(update.Id, BlockedReason.WaitingForWindow, Waiting(reasons), times.Opens, IsProblem: false));
        return observed.Agent?.Trial is not null
            ? Wait("a reboot waits until the new version of the agent has proven itself")
            : new() { Switch = [new AnnounceReboot(update.Id, string.Join("; ", reasons), reasons)] };
    }

    /// <summary>Null when there is nothing to say.</summary>
    public ReadinessReport? Assess()
    {
        // Nobody can tell how a revision is before the device runs again: its time does not count meanwhile.
        if (IsUnderWay)
            return Report(ReadinessLevel.Unknown, $"Reboot{Running!.Phase}", Running.Phase == RebootPhase.Checking ? $"the device was rebooted ({Running.Because}), and is being checked" : $"the device is rebooted: {Running.Because}");
        if (observed.Reboot is { Phase: RebootPhase.Failed } failed && failed.Update == update.Id.Name && failed.Revision == context.Desired.Revision && !(failed.EndedAt < times.Override?.At))
            return Report(ReadinessLevel.Failed, "RebootFailed", $"after a reboot ({failed.Because}): {failed.Failure}") with { IsFinal = true };
        if (Reasons is not { IsEmpty: false } reasons)
            return null;
        return !IsAllowed ? Report(ReadinessLevel.Ready, "RebootRequired", $"a reboot is needed ({string.Join("; ", reasons)}), and left to you: reboot is `never`")
            : IsTooSoon ? Report(ReadinessLevel.Ready, "RebootRequired", TooSoon(reasons))
            : IsOpen ? Report(ReadinessLevel.Progressing, "RebootDue", $"the device is to be rebooted: {string.Join("; ", reasons)}")
            : Report(ReadinessLevel.Ready, "RebootWaiting", Waiting(reasons)) with { Until = times.Opens };
    }

    private ResourcePlan Check(DeviceReboot running)
    {
        if (running.Failure is { } failure)
            return End("it was not well afterwards", failure);
        if (running.Boots > DeviceReboot.MostBoots)
            return End("it was not well afterwards", $"the device was started {running.Boots} times, and never for long enough to be known to be well");
        if (!running.HasPassedChecks)
            return new() { Cleanup = [new CheckBoot(update.Id, $"the device was rebooted: {running.Because}")] };
        if (Unready() is not { Count: > 0 } unready)
            return End($"the device is well after it ({running.Because})", failure: null);
        var deadline = observed.BootedAt + Spec.Deadline;
        return context.Now >= deadline ? End("it was not well afterwards", $"not all is well after {Spec.Deadline.TotalSeconds:0} s: {Describe(unready)}")
            : Wait($"after the reboot it waits until all is well: {Describe(unready)}", deadline);
    }

    private ResourcePlan End(string reason, string? failure) => new() { Cleanup = [new EndReboot(update.Id, failure is null ? reason : $"{reason}: {failure}", failure)] };

    /// <summary>The revision's own health: all that it has but updates, and what nobody answers for.</summary>
    private List<ReadinessReport> Unready() =>
    [
        .. context.Desired.Resources.Values
            .Where(resource => resource is not SystemUpdateResource && !resource.Suspend && !context.Inventory.Suspended.Contains(resource.Id))
            .Select(resource => context.Kinds.Of(resource).Assess(resource, context))
            .Where(report => report.Level is not (ReadinessLevel.Ready or ReadinessLevel.Suspended or ReadinessLevel.Waiting)),
    ];

    private static string Describe(List<ReadinessReport> unready) =>
        string.Join("; ", unready.Take(Named).Select(report => $"{report.Resource} is not ready: {report.Explanation}")) + (unready.Count > Named ? $"; and {unready.Count - Named} more" : "");

    /// <summary>It was rebooted in this opening already, and no packages have changed since: what asks for it again and again is no reason to.</summary>
    private bool IsTooSoon => !IsAsked && observed.Reboot is { } last && !(observed.Transaction?.EndedAt > last.At)
        && last.At > (times.Override?.At ?? (update.Update.Window is null ? times.Now - Pause : times.OpenSince ?? DateTimeOffset.MaxValue));

    private string Waiting(ImmutableArray<string> reasons) => $"a reboot is needed ({string.Join("; ", reasons)}): the window {times.Words}";

    private string TooSoon(ImmutableArray<string> reasons) =>
        $"a reboot is needed ({string.Join("; ", reasons)}), and the one at {observed.Reboot!.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC has not settled it: not done again {(update.Update.Window is null ? $"within {Pause.TotalHours:0} hours" : "before the window opens anew")}";

    private ResourcePlan Wait(string message, DateTimeOffset? until = null) => ResourcePlan.Block(new(update.Id, BlockedReason.WaitingForReboot, message, until, IsProblem: false));

    private ReadinessReport Report(ReadinessLevel level, string reason, string message) => new(update.Id, level, reason, message);
}
