using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>The subscriptions that a device or module may have. They are stored as these numbers.</summary>
[Flags]
internal enum Subscriptions
{
    None = 0,
    Messages = 1,
    TwinResults = 2,
    DesiredProperties = 4,
    Methods = 8,
    Inputs = 16,

    /// <summary>Messages are delivered with QoS 1.</summary>
    AcknowledgedMessages = 32,
}

internal static class TopicFilters
{
    /// <returns><see cref="Subscriptions.None"/> for a filter that this identity may not have.</returns>
    public static Subscriptions Of(string filter, IdentityKey key) => filter switch
    {
        "$iothub/twin/res/#" => Subscriptions.TwinResults,
        "$iothub/twin/PATCH/properties/desired/#" => Subscriptions.DesiredProperties,
        "$iothub/methods/POST/#" => Subscriptions.Methods,
        _ when !key.IsModule && Is(filter, $"devices/{key.DeviceId}/messages/devicebound/#") => Subscriptions.Messages,
        _ when key.IsModule && (Is(filter, $"devices/{key.DeviceId}/modules/{key.ModuleId}/inputs/#") || Is(filter, $"devices/{key.DeviceId}/modules/{key.ModuleId}/#")) => Subscriptions.Inputs,
        _ => Subscriptions.None,
    };

    // Some SDKs encode names.
    private static bool Is(string filter, string expected) => filter == expected || Uri.UnescapeDataString(filter) == expected;
}
