using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A manifest whose fields have been checked, ready to become a resource.</summary>
/// <param name="Id">Of the resource.</param>
/// <param name="Document">The manifest as written, for positions.</param>
/// <param name="Canonical">The spec in canonical form: defaults filled in, one spelling of each value.</param>
/// <param name="Files">The files of the manifest's source.</param>
/// <param name="File">The path of the manifest's own file in the source.</param>
internal sealed record ManifestBinding(
    ResourceId Id, MapNode Document, JsonNode Canonical, SourceFiles Files, string File, ProblemCollector Problems)
{
    /// <summary>The Secrets of the same manifests.</summary>
    public SecretTable? Secrets { get; init; }

    public Position Origin => Document.Where;

    /// <summary>The spec as written.</summary>
    public MapNode Spec => (MapNode)Document["spec"]!;

    /// <summary>The spec's fields.</summary>
    public T Read<T>(JsonTypeInfo<T> type) => Canonical.Deserialize(type)!;
}
