using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>Every kind that this version knows.</summary>
internal static class KindCatalog
{
    public static ImmutableArray<KindDefinition> All { get; } =
        [EdgeModuleDefinition.Kind, ConfigFileDefinition.Kind, FunctionAppDefinition.Kind, VirtualMachineDefinition.Kind, AgentConfigurationDefinition.Kind];

    public static KindDefinition? Find(string kind) => All.FirstOrDefault(k => k.Kind == kind);
}
