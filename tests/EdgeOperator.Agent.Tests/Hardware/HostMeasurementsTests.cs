using System.Diagnostics.Metrics;
using EdgeOperator.Agent.Hardware;
using EdgeOperator.Platform.Metrics;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Hardware;

/// <summary>The device's load as Prometheus reads it.</summary>
public sealed class HostMeasurementsTests
{
    [Fact]
    public void Names_have_their_units_and_what_is_not_told_is_missing()
    {
        using var root = new TempFolder("host");
        foreach (var folder in (string[])["proc", "sys/class/thermal/thermal_zone0"])
            Directory.CreateDirectory(root.File(folder));
        root.Write("proc/stat", "cpu  150 0 50 700 100 0 0 0 0 0\n");
        root.Write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\n");
        root.Write("sys/class/thermal/thermal_zone0/type", "cpu\n");
        root.Write("sys/class/thermal/thermal_zone0/temp", "48500\n");
        using var meter = new Meter("host");
        using var text = new PrometheusText(meter);

        HostMeasurements.AddTo(meter, new(root), TimeProvider.System);

        text.Render().Should()
            .Contain("edgeoperator_host_cpu_time_seconds_total{state=\"busy\"} 2\n").And.Contain("{state=\"idle\"} 8\n")
            .And.Contain("edgeoperator_host_memory_size_bytes 1024000\n").And.Contain("edgeoperator_host_memory_available_bytes 256000\n")
            .And.Contain("edgeoperator_host_temperature_celsius{sensor=\"cpu\"} 48.5\n").And.NotContain("filesystem_free_bytes{");
    }
}
