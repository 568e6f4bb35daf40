using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers.Modules;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Reporting;

/// <summary>The device's four conditions, from what the pass found. Pure.</summary>
public static class DeviceConditions
{
    public static ImmutableArray<Condition> Of(
        Pass pass,
        RevisionStatus? newest,
        ImmutableArray<SourceStatus> sources,
        ImmutableArray<ResourceStatus> resources,
        string? storageError,
        ImmutableArray<Condition> before,
        DateTimeOffset now)
    {
        var revision = pass.Aim.Target?.Revision.Id;
        var reconciling = Reconciling(pass, resources);
        var stalled = Stalled(pass, newest, resources);
        var degraded = Degraded(pass, sources, resources, storageError);
        var unready = resources.Where(r => r.Conditions.Find(Condition.Ready)?.Status != ConditionStatus.True && !IsSuspended(r)).ToList();

        var ready = pass.Aim.Target is null ? (ConditionStatus.Unknown, pass.Aim.Choice.Reason, pass.Aim.Choice.Message)
            : stalled is { } s ? (ConditionStatus.False, s.Reason, s.Message)
            : reconciling is { } r ? (unready.Exists(IsFailed) ? ConditionStatus.False : ConditionStatus.Unknown, r.Reason, r.Message)
            : pass.Ledger.Suspended ? (unready.Count == 0 ? ConditionStatus.True : ConditionStatus.Unknown, "Suspended", "an operator suspended this device")
            : (ConditionStatus.True, "InSync", $"{resources.Length} resources are as desired");

        return
        [
            before.Next(Condition.Ready, ready.Item1, ready.Item2, ready.Item3, now, revision),
            Flag(Condition.Reconciling, reconciling),
            Flag(Condition.Stalled, stalled),
            Flag(Condition.Degraded, degraded),
        ];

        Condition Flag(string type, (string Reason, string Message)? why) => why is { } given
            ? before.Next(type, ConditionStatus.True, given.Reason, given.Message, now, revision)
            : before.Next(type, ConditionStatus.False, $"Not{type}", "", now, revision);
    }

    private static (string Reason, string Message)? Reconciling(Pass pass, ImmutableArray<ResourceStatus> resources)
    {
        var moving = pass.Aim.Target?.Revision.Display;
        return pass.Ledger switch
        {
            { Suspended: true } => null,
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
            return (stalled.Reason, $"{stalled.Message} (there is no earlier good revision to go back to)");
        if (newest is not null && pass.Ledger.Hold is null && pass.Ledger.Failed.FirstOrDefault(f => f.Revision == newest.Id) is { } failed
            && pass.Aim.Target?.Revision.Id != newest.Id)
            return (IsRefusal(failed.Reason) ? failed.Reason : "RolledBack", $"{newest.Display} failed, the device stays at the last good revision: {failed.Message}");
        if (pass.Aim.Target is { State: null } broken)
            return (broken.Reason, $"{broken.Revision.Display}: {broken.Summary}");

        return resources.FirstOrDefault(r => r.Conditions.Is(Condition.Stalled)) is { } resource
            ? (resource.Conditions.Find(Condition.Stalled)!.Reason, $"{Name(resource)}: {resource.Conditions.Find(Condition.Stalled)!.Message}")
            : null;
    }

    private static (string Reason, string Message)? Degraded(
        Pass pass, ImmutableArray<SourceStatus> sources, ImmutableArray<ResourceStatus> resources, string? storageError)
    {
        if (pass.Observed.Engine.Unavailable is { } engine && resources.Any(r => r.Kind == Core.Manifests.Kinds.EdgeModule && !r.Details.ContainsKey(ModuleDescription.Target)))
            return ("EngineUnavailable", engine);
        if (storageError is not null)
            return ("StorageUnavailable", storageError);
        if (sources.FirstOrDefault(s => s.Ready.Status == ConditionStatus.False) is { } source)
            return ("SourceFailing", $"{source.Name}: {source.Ready.Message}");
        return resources.FirstOrDefault(IsFailed) is { } failed
            ? ("ResourceNotReady", $"{Name(failed)}: {failed.Conditions.Find(Condition.Ready)!.Message}")
            : null;
    }

    private static bool IsRefusal(string reason) => reason is "InvalidManifest" or "EmptyRevision";

    private static bool IsFailed(ResourceStatus resource) => resource.Conditions.Find(Condition.Ready)?.Status == ConditionStatus.False;

    private static bool IsSuspended(ResourceStatus resource) => resource.Conditions.Find(Condition.Ready)?.Reason == HoldReason.Suspended;

    private static string Name(ResourceStatus resource) => $"{resource.Kind}/{resource.Name}";
}
