using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>Whether resources are as desired: the one answer that gates between steps, the health gate and the status share.</summary>
public static class Readiness
{
    /// <summary>Every desired resource, in the order of their ids; linear.</summary>
    /// <param name="held">What the last plan held back, and why.</param>
    public static ImmutableArray<ReadinessReport> Assess(
        DesiredState desired, ObservedState observed, ImmutableArray<Held> held, DateTimeOffset now)
    {
        return [.. desired.Resources.Keys.Select(id => new ReadinessReport(id, ReadinessLevel.Progressing, "Missing", "not assessed"))];
    }

    /// <summary>The resource that a gate asks about, as the gate asks.</summary>
    /// <param name="observed">Read after the steps that the gate requires.</param>
    public static ReadinessReport Assess(AwaitReady gate, DesiredState desired, ObservedState observed, DateTimeOffset now)
    {
        return new(gate.Resource, ReadinessLevel.Progressing, "Missing", "");
    }
}
