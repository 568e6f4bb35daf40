using System.Diagnostics.Metrics;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>What the hub counts.</summary>
internal sealed class HubMetrics : IDisposable
{
    private readonly Counter<long> _connects;
    private readonly Counter<long> _telemetry;
    private readonly Counter<long> _twins;
    private readonly Counter<long> _methods;

    public HubMetrics(LiveSessions sessions)
    {
        _connects = Meter.CreateCounter<long>("edgeoperator_hub_connects", description: "CONNECT packets by result");
        _telemetry = Meter.CreateCounter<long>("edgeoperator_hub_telemetry_messages", description: "Messages that devices have sent and the store has");
        _twins = Meter.CreateCounter<long>("edgeoperator_hub_twin_operations", description: "Twin operations of devices by kind");
        _methods = Meter.CreateCounter<long>("edgeoperator_hub_methods", description: "Direct methods by result");
        Meter.CreateObservableGauge("edgeoperator_hub_connections", () => sessions.Count, description: "Devices and modules that are connected");
    }

    public Meter Meter { get; } = new("EdgeOperator.Hub");

    public void Connect(string result) => _connects.Add(1, KeyValuePair.Create<string, object?>("result", result));

    public void Telemetry() => _telemetry.Add(1);

    public void Twin(string operation) => _twins.Add(1, KeyValuePair.Create<string, object?>("operation", operation));

    public void Method(string result) => _methods.Add(1, KeyValuePair.Create<string, object?>("result", result));

    public void Dispose() => Meter.Dispose();
}
