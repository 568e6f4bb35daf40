using System.Diagnostics.Metrics;
using EdgeOperator.Hub.Telemetry;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>What the hub counts.</summary>
internal sealed class HubMetrics : IDisposable
{
    private readonly Counter<long> _connects;
    private readonly Counter<long> _telemetry;
    private readonly Counter<long> _twins;
    private readonly Counter<long> _methods;
    private readonly Histogram<double> _twinDuration;
    private readonly Histogram<double> _queryDuration;
    private readonly Histogram<double> _fanOutLag;
    private long _outboxDepth;
    private long _waiting;

    private static InstrumentAdvice<double> Seconds => new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    public HubMetrics(LiveSessions sessions)
    {
        _connects = Meter.CreateCounter<long>("edgeoperator_hub_connects", description: "CONNECT packets by result");
        _telemetry = Meter.CreateCounter<long>("edgeoperator_hub_telemetry_messages", description: "Messages that devices have sent and the store has");
        _twins = Meter.CreateCounter<long>("edgeoperator_hub_twin_operations", description: "Twin operations of devices by kind");
        _methods = Meter.CreateCounter<long>("edgeoperator_hub_methods", description: "Direct methods by result");
        _twinDuration = Meter.CreateHistogram<double>("edgeoperator_hub_twin_operation_duration", unit: "s", description: "From a device's request to its twin until the answer is sent, by kind", advice: Seconds);
        _queryDuration = Meter.CreateHistogram<double>("edgeoperator_hub_query_duration", unit: "s", description: "Pages of queries over twins, by what is asked for", advice: Seconds);
        _fanOutLag = Meter.CreateHistogram<double>("edgeoperator_hub_fanout_lag", unit: "s", description: "From writing a change until this replica has sent it to the device that it concerns", advice: Seconds);
        Meter.CreateObservableGauge("edgeoperator_hub_outbox_depth", () => Volatile.Read(ref _outboxDepth), description: "Changes in the store that this replica has not yet handed on");
        Meter.CreateObservableGauge("edgeoperator_hub_connections", () => sessions.Count, description: "Devices and modules that are connected");
        Meter.CreateObservableGauge("edgeoperator_hub_connections_waiting", () => Volatile.Read(ref _waiting), description: "Connections that wait for their turn, to begin TLS or to log in");
    }

    public Meter Meter { get; } = new(HubTracing.Name);

    public void Connect(string result) => _connects.Add(1, KeyValuePair.Create<string, object?>("result", result));

    /// <param name="difference">1 for one more that waits, -1 for one less.</param>
    public void Waiting(int difference) => Interlocked.Add(ref _waiting, difference);

    public void Telemetry() => _telemetry.Add(1);

    public void Twin(string operation, TimeSpan duration)
    {
        var label = KeyValuePair.Create<string, object?>("operation", operation);
        _twins.Add(1, label);
        _twinDuration.Record(duration.TotalSeconds, label);
    }

    public void Query(string type, TimeSpan duration) => _queryDuration.Record(duration.TotalSeconds, KeyValuePair.Create<string, object?>("type", type));

    /// <param name="lag">Clocks may differ: it is never negative here.</param>
    public void FanOut(TimeSpan lag) => _fanOutLag.Record(Math.Max(0, lag.TotalSeconds));

    public void OutboxDepth(long depth) => Volatile.Write(ref _outboxDepth, depth);

    public void Method(string result) => _methods.Add(1, KeyValuePair.Create<string, object?>("result", result));

    public void Dispose() => Meter.Dispose();
}
