using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver that can run a command beside what runs of a resource.</summary>
public interface IExecTarget
{
    /// <summary>Runs a command, with the client's input, and sends the client what it prints.</summary>
    /// <param name="desired">As of the last pass: it says where the resource is.</param>
    /// <returns>The command's exit code.</returns>
    /// <exception cref="ControlException">The resource does not run, or its engine refuses.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    Task<int> ExecAsync(ResourceId resource, DesiredState desired, ExecRequest request, ExecFrames client, CancellationToken cancellation);
}
