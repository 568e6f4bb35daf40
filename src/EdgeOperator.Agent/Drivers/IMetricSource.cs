using System.Diagnostics.Metrics;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver with metrics of its own.</summary>
public interface IMetricSource
{
    void AddMetrics(Meter meter);
}
