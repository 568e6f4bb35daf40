using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.State;

/// <summary>All that a device should have under one revision.</summary>
public sealed record DesiredState(string Revision, ImmutableSortedDictionary<ResourceId, Resource> Resources)
{
    /// <summary>What the manifests say of signing in to registries; later ones win.</summary>
    public ImmutableArray<RegistryCredential> RegistryCredentials { get; init; } = [];

    /// <summary>The manifests as they are shown, by what they define.</summary>
    public ImmutableDictionary<ResourceId, RenderedManifest> Manifests { get; init; } = ImmutableDictionary<ResourceId, RenderedManifest>.Empty;

    /// <summary>
    /// Changes with what the device should have: not with the revision's id, nor with where a manifest stands.
    /// </summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (var resource in Resources.Values)
        {
            // The record's text has every plain value, whatever its kind; what is in collections is in the hash.
            text.Append(CultureInfo.InvariantCulture, $"{resource with { Origin = new("", 0, 0) }} {resource.SpecHash} after {string.Join(' ', resource.DependsOn)}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The same state with resources stopped that an operator has stopped.</summary>
    public DesiredState WithStopped(ImmutableArray<ResourceId> stopped) => stopped.Select(id => Resources.GetValueOrDefault(id)?.ToStopped()).OfType<Resource>().ToList() is { Count: > 0 } resting
        ? this with { Resources = Resources.SetItems(resting.Select(resource => KeyValuePair.Create(resource.Id, resource))) }
        : this;

    public static DesiredState Empty { get; } = new("", ImmutableSortedDictionary<ResourceId, Resource>.Empty);

    public IEnumerable<EdgeModuleResource> Modules => Resources.Values.OfType<EdgeModuleResource>();

    public IEnumerable<FunctionAppResource> Apps => Resources.Values.OfType<FunctionAppResource>();

    public IEnumerable<VirtualMachineResource> Machines => Resources.Values.OfType<VirtualMachineResource>();

    public IEnumerable<ConfigFileResource> Files => Resources.Values.OfType<ConfigFileResource>();
}
