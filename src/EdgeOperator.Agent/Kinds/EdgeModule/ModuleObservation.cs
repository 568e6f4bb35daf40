using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>A container as the engine shows it and as the planner sees it.</summary>
/// <param name="Details">Null for containers of others.</param>
internal sealed record ModuleObservation(ContainerSummary Listed, ContainerDetails? Details, ObservedContainer Container);
