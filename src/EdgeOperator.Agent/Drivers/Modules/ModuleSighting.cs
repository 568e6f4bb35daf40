using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>A container as the engine listed it and as the planner sees it.</summary>
/// <param name="NetworkMode">Such as <c>host</c>; Podman's list lacks it.</param>
internal sealed record ModuleSighting(ContainerSummary Listed, string? NetworkMode, ObservedContainer Container);
