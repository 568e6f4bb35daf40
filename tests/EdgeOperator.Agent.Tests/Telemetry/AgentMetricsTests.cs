using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Agent.Tests.Telemetry;

public sealed class AgentMetricsTests
{
    [Fact]
    public void Everything_that_the_agent_measures_is_rendered()
    {
        var agent = new CannedAgent();
        using var metrics = new AgentMetrics(TimeProvider.System, () => agent.Status);
        using var text = new PrometheusText(metrics.Meter);

        metrics.PassEnded(TimeSpan.FromMilliseconds(20), "changed");
        metrics.DriftFound("EdgeModule");
        metrics.DriftRepaired("EdgeModule");
        metrics.Fetched("fleet", TimeSpan.FromSeconds(2), reached: true);
        metrics.Fetched("local", TimeSpan.FromSeconds(2), reached: false);
        metrics.StepEnded(new CreateNetwork(new("EdgeModule", "web"), "missing", "net"), new StepOutcome.Succeeded());

        var lines = text.Render().Split('\n');
        lines.Should().Contain(
        [
            "edgeoperator_reconcile_duration_seconds_bucket{outcome=\"changed\",le=\"0.025\"} 1",
            "edgeoperator_reconcile_duration_seconds_count{outcome=\"changed\"} 1",
            "edgeoperator_drift_found_total{kind=\"EdgeModule\"} 1",
            "edgeoperator_drift_repaired_total{kind=\"EdgeModule\"} 1",
            "edgeoperator_source_fetch_duration_seconds_sum{outcome=\"succeeded\",source=\"fleet\"} 2",
            "edgeoperator_source_fetch_duration_seconds_sum{outcome=\"failed\",source=\"local\"} 2",
            "edgeoperator_steps_total{kind=\"CreateNetwork\",outcome=\"succeeded\"} 1",
            "edgeoperator_resources{kind=\"EdgeModule\",ready=\"false\"} 1",
            "edgeoperator_resources{kind=\"EdgeModule\",ready=\"true\"} 1",
            "edgeoperator_resources{kind=\"ConfigFile\",ready=\"true\"} 1",
        ]);
        lines.Should().ContainSingle(l => l.StartsWith("edgeoperator_source_fetch_age_seconds{source=\"fleet\"} ", StringComparison.Ordinal));
        lines.Should().NotContain(l => l.StartsWith("edgeoperator_source_fetch_age_seconds{source=\"local\"}", StringComparison.Ordinal));
    }

    [Fact]
    public void Roll_backs_are_counted_from_zero()
    {
        var agent = new CannedAgent();
        using var metrics = new AgentMetrics(TimeProvider.System, () => agent.Status);
        using var text = new PrometheusText(metrics.Meter);

        text.Render().Should().Contain("\nedgeoperator_rollbacks_total 0\n");
        metrics.RolledBack();
        text.Render().Should().Contain("\nedgeoperator_rollbacks_total 1\n");
    }
}
