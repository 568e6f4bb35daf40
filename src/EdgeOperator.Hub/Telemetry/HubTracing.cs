using System.Diagnostics;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Platform.Telemetry;

namespace EdgeOperator.Hub.Telemetry;

/// <summary>The hub's traces: an activity for each thing that a device or a caller asks for. They cost nothing while nobody listens.</summary>
/// <remarks>Requests over HTTP are ASP.NET Core's activities, which continue a caller's trace (<c>traceparent</c>).</remarks>
internal static class HubTracing
{
    /// <summary>Also the name of the hub's meter.</summary>
    public const string Name = "EdgeOperator.Hub";

    private const string Device = "device.id";
    private const string Module = "module.id";
    private const string Result = "result";

    public static ActivitySource Source { get; } = new(Name);

    public static IDisposable? Export(HubConfiguration configuration, string replica) => OtlpExport.Start(
        configuration.Observability.OtlpEndpoint,
        configuration.Observability.OtlpProtocol,
        new("edgeop-hub", HubVersion.Text, replica, [new("host.name", Environment.MachineName)], Name, [Name, "Microsoft.AspNetCore"]));

    /// <param name="kind">Server for what a device asks of the hub, client for what the hub asks of a device.</param>
    public static Activity? Start(string name, IdentityKey key, ActivityKind kind = ActivityKind.Server) => Source.StartActivity(name, kind)?.Of(key);

    /// <summary>Says which device or module it is about.</summary>
    public static Activity Of(this Activity activity, IdentityKey key)
    {
        activity.SetTag(Device, key.DeviceId);
        if (key.IsModule)
            activity.SetTag(Module, key.ModuleId);
        return activity;
    }

    /// <param name="result">One word, such as <c>answered</c>.</param>
    public static void Ended(this Activity? activity, string result, bool isError = false)
    {
        activity?.SetTag(Result, result);
        if (isError)
            activity?.SetStatus(ActivityStatusCode.Error, result);
    }
}
