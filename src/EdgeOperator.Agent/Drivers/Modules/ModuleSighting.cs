using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>A container as the engine listed it and as the planner sees it.</summary>
internal sealed record ModuleSighting(ContainerSummary Listed, ObservedContainer Container);
