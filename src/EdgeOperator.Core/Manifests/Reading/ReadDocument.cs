using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A document of a file, not yet looked into.</summary>
/// <param name="File">The file's path in its source.</param>
internal sealed record ReadDocument(string File, Node Root)
{
    /// <summary>The kind that it claims to be; null when it is no manifest of this language.</summary>
    public string? Kind => Root is MapNode map && map["kind"] is ScalarNode { Kind: ScalarKind.String } kind ? kind.Text : null;

    /// <summary>The resource that it claims to define; null when it does not say.</summary>
    public ResourceId? Id => Kind is { } kind && Root is MapNode map && map["metadata"] is MapNode metadata && metadata["name"] is ScalarNode { Kind: ScalarKind.String } name ? new(kind, name.Text) : null;
}
