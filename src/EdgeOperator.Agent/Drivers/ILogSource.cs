using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver whose resources have a log.</summary>
public interface ILogSource
{
    /// <summary>Writes a resource's log as plain text.</summary>
    /// <param name="device">As of the last pass: it says where the resource is.</param>
    /// <exception cref="ControlException">There is no log, or it can't be reached, or it does not do what is asked for.</exception>
    Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation);
}
