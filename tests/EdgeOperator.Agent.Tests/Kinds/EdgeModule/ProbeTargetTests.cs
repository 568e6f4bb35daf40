using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Probes;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class ProbeTargetTests
{
    [Theory]
    [InlineData("host", null, null, 0, "127.0.0.1", 8080)]
    [InlineData("net", "10.1.2.3", null, 0, "10.1.2.3", 8080)]
    [InlineData("net", "10.1.2.3", "0.0.0.0", 80, "10.1.2.3", 8080)]
    [InlineData("slirp4netns", "", "0.0.0.0", 80, "127.0.0.1", 80)]
    [InlineData("slirp4netns", "", "192.168.1.5", 80, "192.168.1.5", 80)]
    [InlineData("none", null, null, 0, null, 8080)]
    public void The_container_is_probed_where_the_agent_can_reach_it(
        string mode, string? own, string? publishedAt, int publishedPort, string? host, int port)
    {
        var container = new ContainerSummary
        {
            Id = "1",
            NetworkSettings = new() { Networks = new Dictionary<string, ContainerEndpoint?> { [mode] = own is null ? null : new() { IpAddress = own } } },
            Ports = publishedPort == 0 ? null : [new() { Ip = publishedAt, PrivatePort = 8080, PublicPort = publishedPort, Type = "tcp" }],
        };

        var target = ProbeTarget.For(container, mode, DateTimeOffset.UnixEpoch, new(8080, "/"));

        (target.Host, target.Port).Should().Be((host, port));
    }
}
