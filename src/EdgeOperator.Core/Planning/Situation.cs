using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>All that a plan is made from.</summary>
internal sealed record Situation(DesiredState Desired, ObservedState Observed, Inventory Inventory, DateTimeOffset Now)
{
    public Engines Engines { get; } = new(Desired, Observed);

    public static Held Suspended(ResourceId id) => new(id, HoldReason.Suspended, "it is suspended", Until: null, IsProblem: false);

    /// <summary>The hold of a resource that failed lately with this spec and is not due yet; null for any other.</summary>
    public Held? BackOff(ResourceId id, string specHash) =>
        Inventory.BackOff.TryGetValue(id, out var backOff) && backOff.SpecHash == specHash && backOff.NotBefore > Now
            ? new(id, backOff.Reason, backOff.Message, backOff.NotBefore, IsProblem: false)
            : null;
}
