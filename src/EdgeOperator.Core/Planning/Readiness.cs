using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>Whether resources are as desired: the one answer that gates between steps, the health gate and the status share.</summary>
public static class Readiness
{
    /// <summary>Every desired resource, in the order of their ids; linear.</summary>
    /// <param name="held">What the last plan held back, and why.</param>
    public static ImmutableArray<ReadinessReport> Assess(
        KindSet kinds, DesiredState desired, ObservedState observed, ImmutableArray<BlockedResource> held, DateTimeOffset now)
    {
        var context = new PlanningContext(desired, observed, Inventory.Empty, now);
        var holds = held.ToDictionary(hold => hold.Resource);
        return [.. desired.Resources.Values.Select(resource =>
            Weigh(kinds.Of(resource).Assess(resource, context), holds.GetValueOrDefault(resource.Id)))];
    }

    /// <summary>The resource that a gate asks about, as the gate asks.</summary>
    /// <param name="observed">Read after the steps that the gate requires.</param>
    public static ReadinessReport Assess(KindSet kinds, AwaitReady gate, DesiredState desired, ObservedState observed, DateTimeOffset now)
    {
        if (desired.Resources.GetValueOrDefault(gate.Resource) is not { } resource)
            return new(gate.Resource, ReadinessLevel.Failed, "NotDesired", "it is no longer desired");
        var (kind, context) = (kinds.Of(resource), new PlanningContext(desired, observed, Inventory.Empty, now));
        return gate.Replacement ? kind.AssessReplacement(resource, context) : kind.AssessForDependents(resource, context);
    }

    /// <summary>What is seen counts for more than a hold, except that a problem is one even while the old state works.</summary>
    private static ReadinessReport Weigh(ReadinessReport seen, BlockedResource? hold) => hold switch
    {
        null => seen,
        { Reason: BlockedReason.EngineUnavailable } => seen.IsReady || !hold.IsProblem ? seen : Held(seen, hold, ReadinessLevel.Unknown),
        { IsProblem: true } => Held(seen, hold, ReadinessLevel.Failed),
        _ when seen.IsReady => seen,
        { Reason: BlockedReason.Suspended } => Held(seen, hold, ReadinessLevel.Suspended),
        _ => Held(seen, hold, ReadinessLevel.Failed),
    };

    private static ReadinessReport Held(ReadinessReport seen, BlockedResource hold, ReadinessLevel level) =>
        seen with { Level = level, Reason = hold.Word, Message = hold.Message, Until = hold.Until };
}
