using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Metrics;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>What the agent measures of itself. Names and units follow OpenTelemetry; <see cref="PrometheusText"/> makes them Prometheus'.</summary>
public sealed class AgentMetrics : IDisposable
{
    public const string MeterName = "EdgeOperator";

    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private readonly TimeProvider _time;
    private readonly Histogram<double> _reconcile;
    private readonly Histogram<double> _fetch;
    private readonly Counter<long> _driftFound;
    private readonly Counter<long> _driftRepaired;
    private readonly Counter<long> _steps;
    private readonly ConcurrentDictionary<string, long> _fetchedAt = [];
    private long _rollbacks;

    /// <param name="status">The device's status of the moment, asked for whenever the metrics are read.</param>
    public AgentMetrics(TimeProvider time, Func<DeviceStatus> status)
    {
        _time = time;
        _reconcile = Meter.CreateHistogram(
            "edgeoperator.reconcile.duration", "s", "Duration of a reconcile pass.", advice: Buckets);
        _fetch = Meter.CreateHistogram(
            "edgeoperator.source.fetch.duration", "s", "Duration of a fetch from a source.", advice: Buckets);
        _driftFound = Meter.CreateCounter<long>(
            "edgeoperator.drift.found", description: "Resources found to differ from what is desired without a new revision.");
        _driftRepaired = Meter.CreateCounter<long>(
            "edgeoperator.drift.repaired", description: "Resources brought back to what is desired without a new revision.");
        _steps = Meter.CreateCounter<long>("edgeoperator.steps", description: "Steps carried out.");
        Meter.CreateObservableCounter(
            "edgeoperator.rollbacks", () => Interlocked.Read(ref _rollbacks), description: "Revisions that failed and were rolled back.");
        Meter.CreateObservableGauge(
            "edgeoperator.source.fetch.age", FetchAges, "s", "Time since a source was last reached.");
        Meter.CreateObservableGauge(
            "edgeoperator.resources", () => CountResources(status()), description: "Resources by kind and readiness.");
    }

    /// <summary>This agent's own meter: two agents in one process do not mix.</summary>
    public Meter Meter { get; } = new(MeterName);

    private static InstrumentAdvice<double> Buckets => new() { HistogramBucketBoundaries = Seconds };

    /// <param name="outcome">One word: <c>in-sync</c>, <c>changed</c>, <c>failed</c> …</param>
    public void PassEnded(TimeSpan duration, string outcome) => _reconcile.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    public void DriftFound(string kind) => _driftFound.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void DriftRepaired(string kind) => _driftRepaired.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <param name="reached">The source answered, whether or not it had something new.</param>
    public void Fetched(string source, TimeSpan duration, bool reached)
    {
        if (reached)
            _fetchedAt[source] = _time.GetTimestamp();

        _fetch.Record(duration.TotalSeconds, new("source", source), new("outcome", reached ? "succeeded" : "failed"));
    }

    public void RolledBack() => Interlocked.Increment(ref _rollbacks);

    public void StepEnded(Step step, StepOutcome outcome) =>
        _steps.Add(1, new("kind", step.GetType().Name), new("outcome", outcome.GetType().Name.ToLowerInvariant()));

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<double>> FetchAges() =>
        _fetchedAt.Select(f => new Measurement<double>(_time.GetElapsedTime(f.Value).TotalSeconds, new KeyValuePair<string, object?>("source", f.Key)));

    private static IEnumerable<Measurement<long>> CountResources(DeviceStatus status) =>
        from resource in status.Resources
        let ready = resource.Conditions.FirstOrDefault(c => c.Type == Condition.Ready)?.Status ?? ConditionStatus.Unknown
        group resource by (resource.Kind, ready) into same
        select new Measurement<long>(same.Count(), new("kind", same.Key.Kind), new("ready", same.Key.ready.ToString().ToLowerInvariant()));
}
