using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// What an MQTT user name says: <c>{host}/{device}[/{module}]/?api-version=…</c> for the hub, and
/// <c>{idScope}/registrations/{id}/api-version=…</c> for the provisioning service. Source:
/// https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub and .../iot-dps/iot-dps-mqtt-support
/// </summary>
internal abstract record ConnectName
{
    private ConnectName()
    {
    }

    /// <summary>The host is not checked: behind a gateway it is another one.</summary>
    public sealed record Hub(IdentityKey Key) : ConnectName;

    public sealed record Provisioning(string IdScope, string RegistrationId) : ConnectName;

    /// <returns>Null for what is neither.</returns>
    public static ConnectName? Parse(string userName)
    {
        var end = userName.LastIndexOf("/?", StringComparison.Ordinal);
        var path = (end < 0 ? userName : userName[..end]).Split('/');
        return path switch
        {
            [{ Length: > 0 } scope, "registrations", { Length: > 0 } id, ..] when end < 0 => new Provisioning(scope, Uri.UnescapeDataString(id)),
            [_, { Length: > 0 } device] => new Hub(new(device)),
            [_, { Length: > 0 } device, { Length: > 0 } module] => new Hub(new(device, module)),
            [_, { Length: > 0 } device, ""] => new Hub(new(device)),
            _ => null,
        };
    }
}
