using EdgeOperator.Agent.Drivers;

namespace EdgeOperator.Agent.Kinds;

/// <summary>How the driver of a kind is made.</summary>
/// <param name="Kind">The kind's name, as in Core's registration.</param>
/// <param name="Create">Called once for a device.</param>
public sealed record DriverRegistration(string Kind, Func<DriverContext, IDriver> Create);
