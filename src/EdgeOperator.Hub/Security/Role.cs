using System.Text.Json.Serialization;

namespace EdgeOperator.Hub.Security;

/// <summary>What a user may do, over all devices or those of some fleets. Each may do all that those before it may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
internal enum Role
{
    /// <summary>Look at devices, twins, events and requests to join.</summary>
    Viewer,

    /// <summary>Change twins, steer devices, read logs, let devices join, decommission them.</summary>
    Operator,

    /// <summary>Everything: users, tokens, policies, provisioning, the audit log, commands on devices.</summary>
    Administrator,
}

internal static class RoleRights
{
    public static Rights Of(Role role) => role switch
    {
        // Who may read the registry as IoT Hub has it reads the keys of devices too.
        Role.Viewer => Rights.View,
        Role.Operator => Rights.View | Rights.RegistryRead | Rights.RegistryWrite | Rights.ServiceConnect | Rights.Operate,
        _ => Rights.View | Rights.RegistryRead | Rights.RegistryWrite | Rights.ServiceConnect | Rights.Operate | Rights.Provisioning | Rights.Administrate,
    };
}
