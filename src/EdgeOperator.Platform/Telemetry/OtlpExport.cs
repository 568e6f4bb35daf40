using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EdgeOperator.Platform.Telemetry;

/// <summary>Who sends metrics and traces.</summary>
/// <param name="Service">The program, as <c>service.name</c>.</param>
/// <param name="Version">As <c>service.version</c>.</param>
/// <param name="Instance">As <c>service.instance.id</c>.</param>
/// <param name="Attributes">More of the resource.</param>
/// <param name="Meter">The name of the meters whose instruments are sent.</param>
/// <param name="Sources">The names of the activity sources whose activities are sent.</param>
/// <remarks>Names of attributes: https://opentelemetry.io/docs/specs/semconv/resource/</remarks>
public sealed record OtlpOrigin(string Service, string Version, string Instance, IReadOnlyList<KeyValuePair<string, object>> Attributes, string Meter, string[] Sources);

/// <summary>Metrics and traces sent to an OpenTelemetry collector, for as long as it lives.</summary>
public sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(Uri endpoint, OtlpExportProtocol protocol, OtlpOrigin origin)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(origin.Service, serviceVersion: origin.Version, serviceInstanceId: origin.Instance)
            .AddAttributes(origin.Attributes);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(origin.Meter)
            .AddOtlpExporter(o => Configure(o, endpoint, protocol, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(origin.Sources)
            .AddOtlpExporter(o => Configure(o, endpoint, protocol, "v1/traces"))
            .Build();
    }

    /// <summary>Starts when an endpoint is configured; otherwise nothing of OpenTelemetry is even loaded.</summary>
    /// <param name="endpoint">The collector's address; null for none.</param>
    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>.</param>
    public static IDisposable? Start(string? endpoint, string protocol, OtlpOrigin origin) =>
        endpoint is null ? null : Start(new Uri(endpoint), protocol, origin);

    /// <summary>Sends what has not been sent yet.</summary>
    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Start(Uri endpoint, string protocol, OtlpOrigin origin) =>
        new(endpoint, protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, origin);

    /// <remarks>Over HTTP an endpoint set in code is taken as it stands, so the signal's path is added here.</remarks>
    private static void Configure(OtlpExporterOptions options, Uri endpoint, OtlpExportProtocol protocol, string path)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol == OtlpExportProtocol.Grpc ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
    }
}
