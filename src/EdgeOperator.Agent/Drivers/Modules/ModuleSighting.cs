using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>A container as the engine shows it and as the planner sees it.</summary>
/// <param name="Details">Null for containers of others.</param>
internal sealed record ModuleSighting(ContainerSummary Listed, ContainerDetails? Details, ObservedContainer Container);
