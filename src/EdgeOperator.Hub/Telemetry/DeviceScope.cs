using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Telemetry;

/// <summary>Says in each log line which device or module it is about.</summary>
internal static class DeviceScope
{
    private const string Device = "deviceId";
    private const string Module = "moduleId";

    public static IDisposable? BeginDeviceScope(this ILogger log, IdentityKey key) => log.BeginScope<KeyValuePair<string, object?>[]>(
        key.IsModule ? [new(Device, key.DeviceId), new(Module, key.ModuleId)] : [new(Device, key.DeviceId)]);
}
