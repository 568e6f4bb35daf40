using System.Collections;
using System.Collections.Immutable;
using EdgeOperator.Core.Manifests.Definitions;

namespace EdgeOperator.Core.Manifests;

/// <summary>The kinds that manifests may have.</summary>
public sealed class ManifestKinds : IEnumerable<ManifestKind>
{
    /// <summary>What the language names and this version does not do yet.</summary>
    internal static ImmutableArray<string> NotSupported { get; } = ["Device", "Repository"];

    private readonly ImmutableArray<ManifestKind> _kinds;
    private readonly Dictionary<string, ManifestKind> _byName;

    /// <param name="others">What is no resource of a device, beside the agent's own configuration.</param>
    internal ManifestKinds(ImmutableArray<ManifestKind> kinds, ImmutableArray<KindDefinition> others)
    {
        _kinds = kinds;
        _byName = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        Names = [.. kinds.Select(kind => kind.Name)];
        Definitions = [.. kinds.Select(kind => kind.Definition), AgentConfigurationDefinition.Kind, .. others];
    }

    /// <summary>The kinds of resources, which a source may hold, by their names.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>All kinds of documents: those of resources, the agent's own configuration, and those of a hub.</summary>
    public IEnumerable<string> DocumentKinds => Definitions.Select(definition => definition.Kind);

    internal ImmutableArray<KindDefinition> Definitions { get; }

    internal KindDefinition? Define(string kind) => Definitions.FirstOrDefault(definition => definition.Kind == kind);

    internal ManifestKind? Find(string kind) => _byName.GetValueOrDefault(kind);

    /// <exception cref="KeyNotFoundException">The resource's kind is not registered.</exception>
    internal ManifestKind Of(Resource resource) => _byName[resource.Id.Kind];

    public IEnumerator<ManifestKind> GetEnumerator() => _kinds.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
