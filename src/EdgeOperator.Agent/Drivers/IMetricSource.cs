using System.Diagnostics.Metrics;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver with metrics of its own.</summary>
public interface IMetricSource
{
    /// <param name="observed">The device as of the last pass.</param>
    void AddMetrics(Meter meter, Func<ObservedState> observed);
}
