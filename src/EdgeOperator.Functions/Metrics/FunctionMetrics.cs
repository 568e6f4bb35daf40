using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EdgeOperator.Functions.Metrics;

/// <summary>What the host measures of its functions, through all generations. Names and units follow OpenTelemetry.</summary>
public sealed class FunctionMetrics : IDisposable
{
    /// <summary>Of every instrument of the host.</summary>
    public const string MeterName = "EdgeOperator.Functions";

    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly ConcurrentDictionary<string, FunctionCount> _counts = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _coldStarts;
    private readonly Counter<long> _rejections;

    public FunctionMetrics(TimeProvider time)
    {
        _time = time;
        Meter.CreateObservableCounter(
            "edgeoperator.functions.invocations", () => Each(c => c.Invocations), description: "Invocations that have ended.");
        Meter.CreateObservableCounter(
            "edgeoperator.functions.failures", () => Each(c => c.Failures), description: "Invocations that have failed.");
        Meter.CreateObservableUpDownCounter(
            "edgeoperator.functions.in_flight", () => Each(c => c.InFlight), description: "Invocations that are under way.");
        _duration = Meter.CreateHistogram(
            "edgeoperator.functions.duration", "s", "Duration of invocations.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _coldStarts = Meter.CreateCounter<long>(
            "edgeoperator.functions.cold_starts", description: "Invocations that had to wait for a worker to start.");
        _rejections = Meter.CreateCounter<long>(
            "edgeoperator.functions.rejections", description: "Requests that were not let in, by the status of the answer.");
    }

    /// <summary>This host's own meter: two hosts in one process do not mix.</summary>
    public Meter Meter { get; } = new(MeterName);

    /// <summary><see cref="Ended"/> has to follow.</summary>
    public void Began(string function) => Count(function).Begin();

    /// <param name="error">Null for success.</param>
    public void Ended(string function, TimeSpan duration, string? error)
    {
        Count(function).End(_time.GetUtcNow(), error);
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("function", function));
    }

    /// <summary>All that have ended since the host's start.</summary>
    public long Invocations => _counts.Values.Sum(c => c.Invocations);

    public void ColdStart(string function) => _coldStarts.Add(1, new KeyValuePair<string, object?>("function", function));

    public void Rejected(int status) => _rejections.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Zeros for a function that has never run.</summary>
    public FunctionCount Of(string function) => _counts.GetValueOrDefault(function) ?? new();

    public void Dispose() => Meter.Dispose();

    private FunctionCount Count(string function) => _counts.GetOrAdd(function, static _ => new());

    private IEnumerable<Measurement<long>> Each(Func<FunctionCount, long> value) =>
        _counts.Select(c => new Measurement<long>(value(c.Value), new KeyValuePair<string, object?>("function", c.Key)));
}
