using System.Net;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.LocalApi;

public sealed class FunctionRoutesTests : IAsyncLifetime
{
    private readonly List<string> _asked = [];
    private ServedAgent _served = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _served = await ServedAgent.StartAsync();
        _http = UnixHttp.Client(_served.Socket, "http://agent");
        _served.Agent.Host = (app, request) =>
        {
            _asked.Add($"{app} {request.Method} {request.RequestUri}");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new StringContent("answer") });
        };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _served.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "status")]
    [InlineData("GET", "logs?tail=5&follow=false")]
    [InlineData("POST", "functions/pay")]
    [InlineData("PUT", "keys/host/till")]
    [InlineData("DELETE", "keys/pay/till")]
    public async Task What_concerns_the_host_is_sent_on(string method, string path)
    {
        using var answer = await SendAsync(method, path);

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        (await answer.Content.ReadAsStringAsync()).Should().Be("answer");
        _asked.Should().Equal($"orders {method} /{path}");
    }

    [Theory]
    [InlineData("POST", "stop")]
    [InlineData("PUT", "generation")]
    [InlineData("GET", "keys/host")]
    [InlineData("GET", "functions/../stop")]
    public async Task What_the_agent_decides_is_not(string method, string path)
    {
        using var answer = await SendAsync(method, path);

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        _asked.Should().BeEmpty();
    }

    [Fact]
    public async Task The_metrics_of_the_hosts_follow_the_agents_own()
    {
        ResourceStatus app = new() { Kind = KindNames.FunctionApp, Name = "orders", State = "serving" };
        _served.Agent.Status = _served.Agent.Status with { Resources = [app, app with { Name = "silent" }] };
        _served.Agent.Host = (name, _) => name == "orders"
            ? Task.FromResult(new HttpResponseMessage { Content = new StringContent("# TYPE calls_total counter\ncalls_total 3\n") })
            : throw new ControlException("HostUnavailable", "it does not answer");

        (await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Should()
            .Contain("edgeoperator_resources").And.EndWith("# TYPE calls_total counter\ncalls_total{app=\"orders\"} 3\n");
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path) =>
        _http.SendAsync(new(new HttpMethod(method), new Uri($"/v1/functions/orders/{path}", UriKind.Relative)));
}
