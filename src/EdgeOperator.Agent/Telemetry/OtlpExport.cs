using System.Runtime.CompilerServices;
using EdgeOperator.Core.Manifests;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>Metrics and traces sent to an OpenTelemetry collector, for as long as it lives.</summary>
public sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(Uri endpoint, OtlpExportProtocol protocol, string device)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("edgeop", serviceVersion: AgentVersion.Number, serviceInstanceId: device)
            .AddAttributes([new("device.id", device)]);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(AgentMetrics.MeterName)
            .AddOtlpExporter(o => Configure(o, endpoint, protocol, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Tracing.SourceName)
            .AddOtlpExporter(o => Configure(o, endpoint, protocol, "v1/traces"))
            .Build();
    }

    /// <summary>Starts when an endpoint is configured; otherwise nothing of OpenTelemetry is even loaded.</summary>
    public static IDisposable? Start(TelemetryConfiguration configuration, string device) =>
        configuration.OtlpEndpoint is { } endpoint ? Start(new Uri(endpoint), configuration.OtlpProtocol, device) : null;

    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Start(Uri endpoint, string protocol, string device) =>
        new(endpoint, protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, device);

    /// <remarks>Over HTTP an endpoint set in code is taken as it stands, so the signal's path is added here.</remarks>
    private static void Configure(OtlpExporterOptions options, Uri endpoint, OtlpExportProtocol protocol, string path)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
    }
}
