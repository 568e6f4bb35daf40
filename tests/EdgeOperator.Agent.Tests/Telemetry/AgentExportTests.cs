using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Telemetry;

public sealed class AgentExportTests
{
    [Fact]
    public async Task Metrics_and_traces_reach_the_collector()
    {
        await using var collector = new OtlpReceiver();

        using var metrics = new AgentMetrics(TimeProvider.System, () => new CannedAgent().Status);
        using (AgentExport.Start(new() { OtlpEndpoint = collector.Endpoint, OtlpProtocol = "http/protobuf" }, "pump-7"))
        {
            metrics.RolledBack();
            using var pass = Tracing.Source.StartActivity("reconcile pass");
            pass.Should().NotBeNull("the exporter listens");
        }

        (await collector.ReceivedAsync("/v1/metrics", "edgeoperator.rollbacks")).Should().Contain("pump-7");
        (await collector.ReceivedAsync("/v1/traces", "reconcile pass")).Should().Contain("pump-7");
    }

    [Fact]
    public void Without_an_endpoint_nothing_is_started()
    {
        AgentExport.Start(new TelemetryConfiguration(), "pump-7").Should().BeNull();
    }
}
