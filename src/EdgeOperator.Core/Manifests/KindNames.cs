using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>The kinds of the manifest language, spelled as users write them.</summary>
public static class KindNames
{
    public const string ApiVersion = "edgeoperator.io/v1alpha1";
    public const string EdgeModule = nameof(EdgeModule);
    public const string ConfigFile = nameof(ConfigFile);
    public const string FunctionApp = nameof(FunctionApp);
    public const string VirtualMachine = nameof(VirtualMachine);
    public const string AgentConfiguration = nameof(AgentConfiguration);

    /// <summary>What a source may hold.</summary>
    public static ImmutableArray<string> DeviceSide { get; } = [EdgeModule, ConfigFile, FunctionApp, VirtualMachine];

    /// <summary>What the language names and this version does not do yet.</summary>
    public static ImmutableArray<string> NotSupported { get; } = ["SystemUpdate", "Secret", "Fleet", "Device"];
}
