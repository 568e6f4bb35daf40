using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
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
        var engines = new Engines(desired, observed);
        var holds = held.ToDictionary(hold => hold.Resource);
        return [.. desired.Resources.Values.Select(resource =>
            Weigh(Assess(resource, observed, engines, now), holds.GetValueOrDefault(resource.Id)))];
    }

    /// <summary>The resource that a gate asks about, as the gate asks.</summary>
    /// <param name="observed">Read after the steps that the gate requires.</param>
    public static ReadinessReport Assess(AwaitReady gate, DesiredState desired, ObservedState observed, DateTimeOffset now)
    {
        var engines = new Engines(desired, observed);
        return desired.Resources.GetValueOrDefault(gate.Resource) switch
        {
            null => new(gate.Resource, ReadinessLevel.Failed, "NotDesired", "it is no longer desired"),
            EdgeModuleResource module when gate.Replacement => EdgeModuleReadiness.AssessReplacement(module, engines, now),
            var resource => Assess(resource, observed, engines, now),
        };
    }

    internal static ReadinessReport Assess(Resource resource, ObservedState observed, Engines engines, DateTimeOffset now) => resource switch
    {
        EdgeModuleResource module => EdgeModuleReadiness.Assess(module, engines, now),
        FunctionAppResource app => FunctionAppReadiness.Assess(app, observed),
        VirtualMachineResource machine => VirtualMachineReadiness.Assess(machine, observed),
        ConfigFileResource file => ConfigFileReadiness.Assess(file, observed, engines),
        _ => throw new NotSupportedException($"{resource.Id} is of a kind that nothing assesses."),
    };

    /// <summary>What is seen counts for more than a hold, except that a problem is one even while the old state works.</summary>
    private static ReadinessReport Weigh(ReadinessReport seen, Held? hold) => hold switch
    {
        null => seen,
        { Reason: HoldReason.EngineUnavailable } => seen.IsReady || !hold.IsProblem ? seen : Held(seen, hold, ReadinessLevel.Unknown),
        { IsProblem: true } => Held(seen, hold, ReadinessLevel.Failed),
        _ when seen.IsReady => seen,
        { Reason: HoldReason.Suspended } => Held(seen, hold, ReadinessLevel.Suspended),
        _ => Held(seen, hold, ReadinessLevel.Failed),
    };

    private static ReadinessReport Held(ReadinessReport seen, Held hold, ReadinessLevel level) =>
        seen with { Level = level, Reason = hold.Reason, Message = hold.Message, Until = hold.Until };
}
