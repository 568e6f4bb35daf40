using System.Collections.Concurrent;
using System.Net;
using System.Text;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Tests.Telemetry;

public sealed class OtlpExportTests
{
    [Fact]
    public async Task Metrics_and_traces_reach_the_collector()
    {
        using var collector = new HttpListener();
        var port = FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        var received = new ConcurrentDictionary<string, string>();
        var receiving = ReceiveAsync(collector, received, count: 2);

        using var metrics = new AgentMetrics(TimeProvider.System, () => new CannedAgent().Status);
        using (OtlpExport.Start(new() { OtlpEndpoint = $"http://127.0.0.1:{port}", OtlpProtocol = "http/protobuf" }, "pump-7"))
        {
            metrics.RolledBack();
            using var pass = Tracing.Source.StartActivity("reconcile pass");
            pass.Should().NotBeNull("the exporter listens");
        }

        await receiving.WaitAsync(TimeSpan.FromSeconds(30));
        received["/v1/metrics"].Should().Contain("edgeoperator.rollbacks").And.Contain("pump-7");
        received["/v1/traces"].Should().Contain("reconcile pass").And.Contain("pump-7");
    }

    [Fact]
    public void Without_an_endpoint_nothing_is_started()
    {
        OtlpExport.Start(new TelemetryConfiguration(), "pump-7").Should().BeNull();
    }

    private static async Task ReceiveAsync(HttpListener collector, ConcurrentDictionary<string, string> received, int count)
    {
        while (received.Count < count)
        {
            var context = await collector.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            received[context.Request.Url!.AbsolutePath] = await reader.ReadToEndAsync();
            context.Response.Close();
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
