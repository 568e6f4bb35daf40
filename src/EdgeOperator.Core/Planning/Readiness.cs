using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>Whether resources are as desired: the one answer that gates between steps, the health gate and the status share.</summary>
public static class Readiness
{
    /// <summary>Every desired resource, in the order of their ids; linear.</summary>
    /// <param name="blocked">What the last plan left alone, and why.</param>
    public static ImmutableArray<ReadinessReport> Assess(
        KindSet kinds, DesiredState desired, ObservedState observed, ImmutableArray<BlockedResource> blocked, DateTimeOffset now)
    {
        var context = new PlanningContext(kinds, desired, observed, Inventory.Empty, now);
        var blocks = blocked.ToDictionary(block => block.Resource);
        return [.. desired.Resources.Values.Select(resource =>
            Weigh(kinds.Of(resource).Assess(resource, context), blocks.GetValueOrDefault(resource.Id)))];
    }

    /// <summary>The resource that a gate asks about, as the gate asks.</summary>
    /// <param name="observed">Read after the steps that the gate requires.</param>
    public static ReadinessReport Assess(KindSet kinds, AwaitReady gate, DesiredState desired, ObservedState observed, DateTimeOffset now)
    {
        if (desired.Resources.GetValueOrDefault(gate.Resource) is not { } resource)
            return new(gate.Resource, ReadinessLevel.Failed, "NotDesired", "it is no longer desired");
        var (kind, context) = (kinds.Of(resource), new PlanningContext(kinds, desired, observed, Inventory.Empty, now));
        return gate.Replacement ? kind.AssessReplacement(resource, context) : kind.AssessForDependents(resource, context);
    }

    /// <summary>What is observed counts for more than a block, except that a problem is one even while the old state works.</summary>
    private static ReadinessReport Weigh(ReadinessReport seen, BlockedResource? block) => block switch
    {
        null => seen,
        { Reason: BlockedReason.EngineUnavailable } => seen.IsReady || !block.IsProblem ? seen : Blocked(seen, block, ReadinessLevel.Unknown),
        { Reason: BlockedReason.WaitingForReboot } => seen,
        { Reason: BlockedReason.SecretUnreadable } => Blocked(seen, block, ReadinessLevel.Waiting),
        { IsProblem: true } => Blocked(seen, block, ReadinessLevel.Failed),
        _ when seen.IsReady => seen,
        { Reason: BlockedReason.Suspended or BlockedReason.WaitingForWindow } => Blocked(seen, block, ReadinessLevel.Suspended),
        { Reason: BlockedReason.WaitingForUpdate } => Blocked(seen, block, ReadinessLevel.Progressing),
        _ => Blocked(seen, block, ReadinessLevel.Failed),
    };

    private static ReadinessReport Blocked(ReadinessReport seen, BlockedResource block, ReadinessLevel level) =>
        seen with { Level = level, Reason = block.Word, Message = block.Message, Until = block.Until };
}
