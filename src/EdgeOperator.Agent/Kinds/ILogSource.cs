using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds;

/// <summary>A driver whose resources have a log.</summary>
public interface ILogSource
{
    /// <summary>Writes a resource's log as plain text.</summary>
    /// <param name="follow">Go on until the resource ends.</param>
    /// <param name="tail">Lines from the end to begin with; null for all that is kept.</param>
    /// <exception cref="ControlException">There is no log, or it can't be reached.</exception>
    Task CopyLogsAsync(ResourceId resource, bool follow, int? tail, Stream output, CancellationToken cancellation);
}
