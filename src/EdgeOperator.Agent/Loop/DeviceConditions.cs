using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>The device's four conditions, from what the pass found. Pure.</summary>
public static class DeviceConditions
{
    private const string RevisionLost = nameof(RevisionLost);

    public static ImmutableArray<Condition> Of(
        Pass pass,
        RevisionStatus? newest,
        ImmutableArray<SourceStatus> sources,
        ImmutableArray<ResourceStatus> resources,
        DeviceProblems problems,
        ImmutableArray<Condition> before,
        DateTimeOffset now)
    {
        var revision = pass.Target.Rendering?.Revision.Id;
        var reconciling = Reconciling(pass, resources, problems);
        var stalled = Stalled(pass, newest, resources);
        var degraded = Degraded(pass, sources, resources, problems);
        var leftAlone = pass.Reports.Where(report => report.Level == ReadinessLevel.Suspended).Select(report => report.Resource).ToHashSet();
        var suspended = resources.Where(IsSuspended).ToList();
        var unready = resources.Where(r => r.Conditions.Find(Condition.Ready)?.Status != ConditionStatus.True && !IsSuspended(r)).ToList();

        var ready = pass.Target.Rendering is null ? (ConditionStatus.Unknown, problems.LostRevision is null ? pass.Target.Choice.Reason : RevisionLost, problems.LostRevision ?? pass.Target.Choice.Message)
            : stalled is { } s ? (ConditionStatus.False, s.Reason, s.Message)
            : reconciling is { } r ? (unready.Exists(IsFailed) ? ConditionStatus.False : ConditionStatus.Unknown, r.Reason, r.Message)
            : pass.Ledger.Suspended ? (unready.Count + suspended.Count == 0 ? ConditionStatus.True : ConditionStatus.Unknown, nameof(BlockedReason.Suspended), $"an operator suspended this device{NotAsDesired([.. unready, .. suspended])}")
            : unready.Find(IsFailed) is { } failed ? (ConditionStatus.False, failed.Conditions.Find(Condition.Ready)!.Reason, $"{Name(failed)}: {failed.Conditions.Find(Condition.Ready)!.Message}")
            : unready is [var unknown, ..] ? (ConditionStatus.Unknown, unknown.Conditions.Find(Condition.Ready)?.Reason ?? "Unknown", $"{Name(unknown)}: {unknown.Conditions.Find(Condition.Ready)?.Message}")
            : suspended.Count > 0 && suspended.TrueForAll(IsWaiting) ? (ConditionStatus.False, nameof(BlockedReason.WaitingForWindow), $"{Count(resources.Length - suspended.Count)} as desired; {Name(suspended[0])}: {suspended[0].Conditions.Find(Condition.Ready)!.Message}")
            : suspended.Count > 0 ? (ConditionStatus.False, nameof(BlockedReason.Suspended), $"{Count(resources.Length - suspended.Count)} as desired; suspended{NotAsDesired(suspended)}")
            : (ConditionStatus.True, "InSync", $"{Count(resources.Length)} as desired{AmongThem(pass.Plan)}");

        return
        [
            before.Next(Condition.Ready, ready.Item1, ready.Item2, ready.Item3, now, revision),
            Flag(Condition.Reconciling, reconciling),
            Flag(Condition.Stalled, stalled),
            Flag(Condition.Degraded, degraded),
        ];

        bool IsWaiting(ResourceStatus resource) => resource.Conditions.Find(Condition.Ready)?.Reason == nameof(BlockedReason.WaitingForWindow);

        bool IsSuspended(ResourceStatus resource) => leftAlone.Contains(new(resource.Kind, resource.Name));

        Condition Flag(string type, (string Reason, string Message)? why) => why is { } given
            ? before.Next(type, ConditionStatus.True, given.Reason, given.Message, now, revision)
            : before.Next(type, ConditionStatus.False, $"Not{type}", "", now, revision);
    }

    private static (string Reason, string Message)? Reconciling(Pass pass, ImmutableArray<ResourceStatus> resources, DeviceProblems problems)
    {
        var moving = pass.Target.Rendering?.Revision.Display;
        return pass.Ledger switch
        {
            { Suspended: true } => null,
            { Attempt: { ApplyingSince: null } } when problems.FetchFailure is { } failure => ("Fetching", $"{moving} can't be fetched, and is tried again: {failure.Message}; what ran before keeps running"),
            { Attempt: { ApplyingSince: null } } => ("Fetching", $"fetching what {moving} needs; the last good revision keeps running"),
            { Attempt: { ReadySince: not null } } => ("Proving", $"{moving} is healthy and has to stay so for a while"),
            { Attempt: not null } => ("Applying", $"moving to {moving}"),
            _ when resources.FirstOrDefault(r => r.Conditions.Is(Condition.Reconciling)) is { } repaired => ("Repairing", $"{Name(repaired)}: {repaired.Conditions.Find(Condition.Reconciling)!.Message}"),
            _ => null,
        };
    }

    private static (string Reason, string Message)? Stalled(Pass pass, RevisionStatus? newest, ImmutableArray<ResourceStatus> resources)
    {
        if (pass.Verdict is Verdict.Stalled stalled)
            return (stalled.Reason, pass.Ledger.LastGood is null ? $"{stalled.Message} (there is no earlier good revision to go back to)" : stalled.Message);
        if (newest is not null && pass.Ledger.Pinned is null && pass.Ledger.Failed.FirstOrDefault(f => f.Revision == newest.Id) is { } failed
            && pass.Target.Rendering?.Revision.Id != newest.Id)
            return (failed.WasRefused ? failed.Reason : "RolledBack", $"{newest.Display} failed, the device stays at the last good revision: {failed.Message}");
        if (pass.Target.Rendering is { State: null } broken)
            return (broken.Reason, $"{broken.Revision.Display}: {broken.Summary}");

        return resources.FirstOrDefault(r => r.Conditions.Is(Condition.Stalled)) is { } resource
            ? (resource.Conditions.Find(Condition.Stalled)!.Reason, $"{Name(resource)}: {resource.Conditions.Find(Condition.Stalled)!.Message}")
            : null;
    }

    private static (string Reason, string Message)? Degraded(
        Pass pass, ImmutableArray<SourceStatus> sources, ImmutableArray<ResourceStatus> resources, DeviceProblems problems)
    {
        if (pass.Observed.Engine.Unavailable is { } engine && pass.Target.Rendering?.State?.Modules.Any(module => module.Container.Target == EngineTarget.Host) == true)
            return ("EngineUnavailable", engine);
        if (problems.StorageError is { } storageError)
            return ("StorageUnavailable", storageError);
        if (problems.DeviceFault is { } fault)
            return (fault.Reason, fault.Message);
        if (problems.LostRevision is { } lost)
            return (RevisionLost, lost);
        if (pass.Ledger.Damage is { } damage)
            return ("LedgerDamaged", damage);
        if (sources.FirstOrDefault(s => s.Ready.Status == ConditionStatus.False) is { } source)
            return ("SourceFailing", $"{source.Name}: {source.Ready.Message}");
        return resources.FirstOrDefault(IsFailed) is { } failed
            ? ("ResourceNotReady", $"{Name(failed)}: {failed.Conditions.Find(Condition.Ready)!.Message}")
            : null;
    }

    private static string NotAsDesired(List<ResourceStatus> resources) =>
        resources.Count == 0 ? "" : $" and not as desired: {string.Join(", ", resources.Select(r => $"{Name(r)} ({r.State})"))}";

    /// <summary>Suspended resources that are as desired all the same.</summary>
    private static string AmongThem(Plan plan) => plan.Blocked.Where(blocked => blocked.Reason == BlockedReason.Suspended).Select(blocked => $"{blocked.Resource}").ToList() is { Count: > 0 } names
        ? $"; {names.Count} of them suspended: {string.Join(", ", names)}"
        : "";

    private static string Count(int count) => count == 1 ? "1 resource is" : $"{count} resources are";

    private static bool IsFailed(ResourceStatus resource) => resource.Conditions.Find(Condition.Ready)?.Status == ConditionStatus.False;

    private static string Name(ResourceStatus resource) => $"{resource.Kind}/{resource.Name}";
}

/// <summary>What is wrong with the device itself, or with what it fetches.</summary>
/// <param name="StorageError">Why the state could not be written to the disk; null when it was.</param>
/// <param name="DeviceFault">What keeps resources from their goal through no fault of theirs; null when nothing does.</param>
/// <param name="FetchFailure">What of the revision that is being fetched has failed to come; null when nothing has.</param>
public sealed record DeviceProblems(string? StorageError, Failure? DeviceFault, Failure? FetchFailure)
{
    public static DeviceProblems None { get; } = new(null, null, null);

    /// <summary>Why the files of a revision that the device needs are not there; null when they are.</summary>
    public string? LostRevision { get; init; }

    public static DeviceProblems Of(Pass pass, ImmutableDictionary<ResourceId, BackOff> backOff, string? storageError, string? lostRevision) => new(
        storageError,
        pass.Target.Rendering?.State is { } desired ? AttemptFailures.OfDevice(desired, pass.Reports, backOff) : null,
        pass is { Ledger.Attempt.ApplyingSince: null, Ledger.Attempt: not null, Target.Rendering.State: { } next } ? AttemptFailures.OfFetch(next, backOff) : null)
    {
        LostRevision = lostRevision,
    };
}
