namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>What a configuration configures.</summary>
public enum ConfigurationKind
{
    /// <summary><c>deviceContent</c>: desired properties of devices.</summary>
    Devices,

    /// <summary><c>moduleContent</c>: desired properties of modules.</summary>
    Modules,

    /// <summary><c>modulesContent</c>: the modules of IoT Edge devices.</summary>
    Edge,
}
