using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>Every kind that this version knows.</summary>
internal static class KindCatalog
{
    public static ImmutableArray<KindDefinition> All { get; } =
        [EdgeModuleDefinition.Kind, ConfigFileDefinition.Kind, FunctionAppDefinition.Kind, VirtualMachineDefinition.Kind, AgentConfigurationDefinition.Kind];

    public static KindDefinition? Find(string kind) => All.FirstOrDefault(k => k.Kind == kind);
}
