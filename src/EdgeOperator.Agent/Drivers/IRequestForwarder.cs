using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver whose resources answer HTTP requests of their own.</summary>
public interface IRequestForwarder
{
    /// <summary>Sends a request on; returns once its answer begins.</summary>
    /// <param name="desired">As of the last pass: it has the resource's spec.</param>
    /// <exception cref="ControlException">The resource does not run, or does not answer.</exception>
    Task<HttpResponseMessage> SendAsync(ResourceId resource, DesiredState desired, HttpRequestMessage request, CancellationToken cancellation);
}
