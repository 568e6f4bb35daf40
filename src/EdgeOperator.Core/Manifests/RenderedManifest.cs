using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests;

/// <summary>A resource's manifest with its variables replaced, to be shown; what was imported is shown in the language of its kind.</summary>
public sealed class RenderedManifest
{
    private readonly Func<JsonObject> _document;

    internal RenderedManifest(ResourceId id, Position origin, MapNode root) => (Id, Origin, Labels, _document) = (id, origin, LabelsOf(root), root.ToJson);

    internal RenderedManifest(ResourceId id, Position origin, Func<JsonObject> spec) => (Id, Origin, _document) = (id, origin, () => new JsonObject
    {
        ["apiVersion"] = KindNames.ApiVersion,
        ["kind"] = id.Kind,
        ["metadata"] = new JsonObject { ["name"] = id.Name },
        ["spec"] = spec(),
    });

    public ResourceId Id { get; }

    /// <summary><c>metadata.labels</c>; null when there are none.</summary>
    public ImmutableSortedDictionary<string, string>? Labels { get; }

    public Position Origin { get; }

    /// <summary>The whole document, made anew for each call. Secrets stand in it as they are referred to.</summary>
    public JsonObject ToJson() => (JsonObject)Shown(_document())!;

    /// <summary>Its <c>spec</c> alone.</summary>
    public JsonObject Spec() => (ToJson()["spec"] as JsonObject)?.DeepClone().AsObject() ?? [];

    /// <summary>Its <c>spec</c> with digests of the secrets, so that a changed secret is a difference.</summary>
    internal JsonObject DigestedSpec() => (_document()["spec"] as JsonObject)?.DeepClone().AsObject() ?? [];

    private static JsonNode? Shown(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Shown(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Shown)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(SecretReference.Show(value.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    private static ImmutableSortedDictionary<string, string>? LabelsOf(MapNode root) =>
        root["metadata"] is MapNode metadata && metadata["labels"] is MapNode { Entries.IsEmpty: false } labels
            ? labels.Entries.Where(entry => entry.Value is ScalarNode).ToImmutableSortedDictionary(entry => entry.Key, entry => ((ScalarNode)entry.Value).Text, StringComparer.Ordinal)
            : null;
}
