using System.Net;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Agent.Tests.LocalApi;

public sealed class MetricsHostsTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("10.0.0.5")]
    [InlineData("[::ffff:10.0.0.5]")]
    [InlineData("pump-7.plant.example")]
    [InlineData("Pump-7.Plant.Example.")]
    [InlineData("192.0.2.9")]
    public void Loopback_the_address_itself_and_configured_names_are_allowed(string host) =>
        MetricsHosts.IsAllowed(host, IPAddress.Parse("10.0.0.5"), ["pump-7.plant.example", "192.0.2.9"]).Should().BeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("rebound.attacker.example")]
    [InlineData("localhost.attacker.example")]
    [InlineData("127.0.0.1.attacker.example")]
    [InlineData("x.pump-7.plant.example")]
    [InlineData("10.0.0.6")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    public void Any_other_name_is_not(string host) =>
        MetricsHosts.IsAllowed(host, IPAddress.Parse("10.0.0.5"), ["pump-7.plant.example"]).Should().BeFalse();

    [Theory]
    [InlineData("rebound.attacker.example:9473")]
    [InlineData("rebound.attacker.example")]
    [InlineData("[2001:db8::1]:9473")]
    public async Task A_request_for_another_host_is_misdirected(string host)
    {
        await using var served = await ServedAgent.StartAsync("127.0.0.1:0");

        foreach (var path in new[] { "/metrics", "/", "/v1/status" })
        {
            var answer = await AskAsync(served, host, path);
            answer.StatusCode.Should().Be(HttpStatusCode.MisdirectedRequest);
            (await answer.Content.ReadAsStringAsync()).Should().Contain("api.metricsHosts").And.NotContain("edgeoperator_");
        }
    }

    [Fact]
    public async Task A_configured_name_and_any_port_are_answered()
    {
        await using var served = await ServedAgent.StartAsync("127.0.0.1:0", metricsHosts: ["pump-7"]);

        (await AskAsync(served, "pump-7:9999", "/metrics")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync(served, "localhost:1", "/metrics")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> AskAsync(ServedAgent served, string host, string path)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{served.MetricsEndPoint}{path}");
        request.Headers.Host = host;
        return await http.SendAsync(request);
    }
}
