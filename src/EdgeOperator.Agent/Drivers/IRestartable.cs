using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver that can restart what runs of a resource.</summary>
public interface IRestartable
{
    /// <summary>What does not run is not started.</summary>
    Task<StepOutcome> RestartAsync(ResourceId resource, CancellationToken cancellation);
}
