using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A device at one moment: what a driver is called with, so that it keeps nothing from one call for another.</summary>
/// <param name="Desired">Holds the resources' specs.</param>
/// <param name="Observed">As the pass observed it before it changed anything.</param>
public sealed record DeviceState(DesiredState Desired, ObservedState Observed)
{
    public static DeviceState Empty { get; } = new(DesiredState.Empty, ObservedState.Nothing);
}
