using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver whose resources answer HTTP requests of their own.</summary>
public interface IRequestForwarder
{
    /// <summary>Sends a request on; returns once its answer begins.</summary>
    /// <exception cref="ControlException">The resource does not run, or does not answer.</exception>
    Task<HttpResponseMessage> SendAsync(ResourceId resource, HttpRequestMessage request, CancellationToken cancellation);
}
