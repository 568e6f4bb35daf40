using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.Secret;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Repositories;

namespace EdgeOperator.Core.Kinds;

/// <summary>The one list of the kinds that this version has. A new kind gets its line here.</summary>
public static class RegisteredKinds
{
    /// <summary>In the order in which their removals are planned.</summary>
    public static KindSet All { get; } = new([new EdgeModuleKind(), new ConfigFileKind(), new FunctionAppKind(), new VirtualMachineKind(), new SystemUpdateKind(), new SecretKind()], [FleetDefinition.Kind, RepositoryDefinition.Kind]);
}
