using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>All that a plan is made from.</summary>
internal sealed class PlanningContext(KindSet kinds, DesiredState desired, ObservedState observed, Inventory inventory, DateTimeOffset now)
{
    private readonly Dictionary<Type, object> _shared = [];

    public KindSet Kinds { get; } = kinds;

    public DesiredState Desired { get; } = desired;

    public ObservedState Observed { get; } = observed;

    public Inventory Inventory { get; } = inventory;

    public DateTimeOffset Now { get; } = now;

    public static BlockedResource Suspended(ResourceId id) => new(id, BlockedReason.Suspended, "it is suspended", Until: null, IsProblem: false);

    /// <summary>An index over the inputs that several kinds need, built once.</summary>
    public T Shared<T>(Func<PlanningContext, T> create)
        where T : class
    {
        if (!_shared.TryGetValue(typeof(T), out var value))
            _shared.Add(typeof(T), value = create(this));
        return (T)value;
    }

    /// <summary>The block of a resource that failed lately with this spec and is not due yet; null for any other.</summary>
    /// <param name="package">The <see cref="Step.PackageHash"/> that is planned; null where there is none, or nothing is known of it.</param>
    public BlockedResource? BackOff(ResourceId id, string specHash, string? package = null) =>
        Inventory.BackOff.TryGetValue(id, out var backOff) && backOff.SpecHash == specHash && backOff.NotBefore > Now
        && (package is null || backOff.PackageHash is null || backOff.PackageHash == package)
            ? new(id, BlockedReason.BackOff, backOff.Message, backOff.NotBefore, IsProblem: false) { Failure = backOff.Reason }
            : null;
}
