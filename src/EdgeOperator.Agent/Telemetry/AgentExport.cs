using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Telemetry;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>The agent's metrics and traces sent to an OpenTelemetry collector.</summary>
public static class AgentExport
{
    /// <inheritdoc cref="OtlpExport.Start(string?, string, OtlpOrigin)"/>
    public static IDisposable? Start(TelemetryConfiguration configuration, string device) => OtlpExport.Start(
        configuration.OtlpEndpoint, configuration.OtlpProtocol, new("edgeop", AgentVersion.Number, device, [new("device.id", device)], AgentMetrics.MeterName, [Tracing.SourceName]));
}
