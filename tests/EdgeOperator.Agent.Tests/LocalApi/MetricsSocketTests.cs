using System.Net;
using System.Net.Sockets;
using EdgeOperator.Platform.Logging;

namespace EdgeOperator.Agent.Tests.LocalApi;

public sealed class MetricsSocketTests
{
    [Fact]
    public async Task Metrics_are_served_over_TCP_and_nothing_else_is()
    {
        await using var served = await ServedAgent.StartAsync("127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = new($"http://{served.MetricsEndPoint}") };

        (await http.GetStringAsync("/metrics")).Should().Contain("# TYPE edgeoperator_resources gauge\n");
        (await http.GetAsync("/v1/status")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await http.PostAsync("/v1/suspend", null)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        served.Agent.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Off_means_no_port()
    {
        await using var served = await ServedAgent.StartAsync("off");

        served.MetricsEndPoint.Should().BeNull();
    }

    [Fact]
    public async Task A_port_in_use_is_a_warning()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;

        (await WarningAsync(address)).Should().Contain($"Metrics are not served on {address}: ").And.Contain("Set api.metrics to a free address, or off.");
    }

    [Fact]
    public async Task A_wrong_address_is_a_warning() =>
        (await WarningAsync("somewhere:metrics")).Should().Contain("api.metrics is \"somewhere:metrics\", which is not an IP address and port");

    private static async Task<string> WarningAsync(string address)
    {
        var log = new StringWriter();
        using var loggers = ProgramLogging.Create(log, verbose: false, colour: false, text => text, TimeProvider.System, _ => null);

        await using var served = await ServedAgent.StartAsync(address, loggers: loggers);

        served.MetricsEndPoint.Should().BeNull();
        File.Exists(served.Socket).Should().BeTrue("the agent runs on");
        return log.ToString();
    }
}
