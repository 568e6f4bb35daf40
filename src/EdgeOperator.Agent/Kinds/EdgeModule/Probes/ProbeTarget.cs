using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Probes;

/// <summary>One run of a container with a probe; another start is another target.</summary>
/// <param name="Host">An address that the agent can reach; null when the container has none.</param>
/// <param name="Port">The port at that address.</param>
internal sealed record ProbeTarget(
    string ContainerId, string Name, DateTimeOffset StartedAt, NetworkProbe Probe, string? Host, int Port)
{
    private const string Loopback = "127.0.0.1";

    /// <summary>
    /// The container's own address; under host networking the device's; and where the engine gives none (a rootless
    /// one) the port as it is published.
    /// </summary>
    public static ProbeTarget For(ContainerSummary container, string? networkMode, DateTimeOffset startedAt, NetworkProbe probe)
    {
        var own = container.NetworkSettings?.Networks?.Values.Select(endpoint => endpoint?.IpAddress).FirstOrDefault(ip => !string.IsNullOrEmpty(ip));
        var published = container.Ports?.FirstOrDefault(port => port is { PublicPort: > 0, Type: "tcp" or null } && port.PrivatePort == probe.Port);
        var (host, port) = (networkMode, own, published) switch
        {
            ("host", _, _) => (Loopback, probe.Port),
            (_, not null, _) => (own, probe.Port),
            (_, _, not null) => (published.Ip is null or "" or "0.0.0.0" or "::" ? Loopback : published.Ip, published.PublicPort),
            _ => (null, probe.Port),
        };
        return new(container.Id, container.Name, startedAt, probe, host, port);
    }
}
