using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Modules;

namespace EdgeOperator.Core.State;

/// <summary>All that a device is to have under one revision.</summary>
public sealed record DesiredState(string Revision, ImmutableSortedDictionary<ResourceId, Resource> Resources)
{
    /// <summary>What the manifests say of signing in to registries; later ones win.</summary>
    public ImmutableArray<RegistryCredential> RegistryCredentials { get; init; } = [];

    public static DesiredState Empty { get; } = new("", ImmutableSortedDictionary<ResourceId, Resource>.Empty);

    public IEnumerable<ModuleResource> Modules => Resources.Values.OfType<ModuleResource>();

    public IEnumerable<FunctionAppResource> Apps => Resources.Values.OfType<FunctionAppResource>();

    public IEnumerable<VirtualMachineResource> Machines => Resources.Values.OfType<VirtualMachineResource>();

    public IEnumerable<FileResource> Files => Resources.Values.OfType<FileResource>();
}
