using System.Diagnostics.Metrics;
using EdgeOperator.Agent.Kinds;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver with metrics of its own.</summary>
public interface IMetricSource
{
    void AddMetrics(Meter meter);
}
