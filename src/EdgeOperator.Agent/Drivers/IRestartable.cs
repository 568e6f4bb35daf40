using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver that can restart what runs of a resource.</summary>
public interface IRestartable
{
    /// <summary>What does not run is not started.</summary>
    /// <param name="desired">As of the last pass: it says where the resource is.</param>
    Task<StepOutcome> RestartAsync(ResourceId resource, DesiredState desired, CancellationToken cancellation);
}
