using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine;

public sealed class MachineMetricsTests
{
    [Fact]
    public void A_guest_that_answers_is_measured_and_one_that_does_not_is_left_out()
    {
        var agent = new CannedAgent();
        using var metrics = new AgentMetrics(TimeProvider.System, () => agent.Status);
        using var text = new PrometheusText(metrics.Meter);
        var running = new ObservedVirtualMachine
        {
            Name = "edge",
            Driver = MachineDriver.Qemu,
            Phase = MachinePhase.Running,
            Guest = new() { BootId = "b", Uptime = TimeSpan.FromSeconds(90), MemoryTotal = 1024, MemoryAvailable = 512, DiskTotal = 4096, DiskUsed = 7 },
        };

        MachineMetrics.AddTo(metrics.Meter, () => [running, running with { Name = "hung", Phase = MachinePhase.Hung }]);

        var lines = text.Render().Split('\n');
        lines.Should().Contain(
        [
            "edgeoperator_machine_uptime_seconds{machine=\"edge\"} 90",
            "edgeoperator_machine_memory_total_bytes{machine=\"edge\"} 1024",
            "edgeoperator_machine_memory_available_bytes{machine=\"edge\"} 512",
            "edgeoperator_machine_disk_total_bytes{machine=\"edge\"} 4096",
            "edgeoperator_machine_disk_used_bytes{machine=\"edge\"} 7",
        ]);
        lines.Should().NotContain(line => line.Contains("hung", StringComparison.Ordinal));
    }
}
