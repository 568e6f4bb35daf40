namespace EdgeOperator.Core.Manifests;

/// <summary>Names of the manifest language, spelled as users write them. Which kinds there are is registered, not listed here.</summary>
public static class KindNames
{
    public const string ApiVersion = "edgeoperator.io/v1alpha1";
    public const string EdgeModule = nameof(EdgeModule);
    public const string ConfigFile = nameof(ConfigFile);
    public const string FunctionApp = nameof(FunctionApp);
    public const string VirtualMachine = nameof(VirtualMachine);
    public const string Secret = nameof(Secret);
    public const string SystemUpdate = nameof(SystemUpdate);
    public const string Fleet = nameof(Fleet);
    public const string Repository = nameof(Repository);
    public const string AgentConfiguration = nameof(AgentConfiguration);
}
