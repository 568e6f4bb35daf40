using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class PortTests
{
    [Theory]
    [InlineData("8080:80", """{"80/tcp":[{"HostPort":"8080"}]}""")]
    [InlineData("\"8080:80/udp\"", """{"80/udp":[{"HostPort":"8080"}]}""")]
    [InlineData("127.0.0.1:8080:80", """{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}""")]
    [InlineData("\"[::1]:8080:80\"", """{"80/tcp":[{"HostIp":"::1","HostPort":"8080"}]}""")]
    [InlineData("{container: 80, host: 8080, protocol: sctp, address: 127.0.0.1}", """{"80/sctp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]}""")]
    public void Every_form_publishes_the_port(string port, string bindings) =>
        JsonNode.Parse(Reading.Yaml(Reading.Module($"ports: [{port}]")).Container().CreateBody)!["HostConfig"]!["PortBindings"]!.ToJsonString()
            .Should().Be(bindings);

    [Theory]
    [InlineData("\"80\"")]
    [InlineData("80")]
    [InlineData("{container: 80}")]
    [InlineData("\"127.0.0.1::80\"")]
    public void A_port_without_one_on_the_host_lets_the_engine_choose(string port) =>
        JsonNode.Parse(Reading.Yaml(Reading.Module($"ports: [{port}]")).Container().CreateBody)!["HostConfig"]!["PortBindings"]!["80/tcp"]![0]!["HostPort"]
            .Should().Match(p => p == null || p.ToString() == "");

    [Theory]
    [InlineData("\"8080:0\"", "choose ports from 1 to 65535")]
    [InlineData("\"70000:80\"", "choose ports from 1 to 65535")]
    [InlineData("\"80:web\"", "write host port, colon, container port")]
    [InlineData("\"8000-8001:80-81\"", "write host port, colon, container port")]
    [InlineData("\"999.0.0.1:80:80\"", "spec.ports[0] must be an address such as `127.0.0.1` or `::1`, not the string `999.0.0.1`")]
    [InlineData("\"80:80/icmp\"", "write host port")]
    [InlineData("{host: 80}", "spec.ports[0].container is missing")]
    [InlineData("{container: 80, hots: 81}", "did you mean `host`?")]
    public void What_is_no_port_is_refused(string port, string problem) =>
        Reading.Yaml(Reading.Module($"ports: [{port}]")).Complaints().Should().Contain(problem);
}
