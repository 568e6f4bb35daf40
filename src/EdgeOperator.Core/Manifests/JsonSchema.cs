using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Manifests;

/// <summary>The language as JSON Schema (draft 2020-12), for editors. It is made of the same descriptions as the checks.</summary>
public static class JsonSchema
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>The schema of one kind; null when there is no such kind.</summary>
    public static JsonObject? For(ManifestKinds kinds, string kind)
    {
        if (kinds.Define(kind) is not { } definition)
            return null;
        var schema = new JsonObject { ["$schema"] = Draft, ["$id"] = $"https://{KindNames.ApiVersion}/{kind}.json" };
        foreach (var (key, value) in definition.ToJsonSchema(kinds.Names))
            schema[key] = value?.DeepClone();
        return schema;
    }

    /// <summary>One schema for every kind, chosen by a document's <c>kind</c>.</summary>
    public static JsonObject All(ManifestKinds kinds) => new()
    {
        ["$schema"] = Draft,
        ["$id"] = $"https://{KindNames.ApiVersion}/all.json",
        ["title"] = "EdgeOperator manifests",
        ["type"] = "object",
        ["required"] = new JsonArray("apiVersion", "kind"),
        ["properties"] = new JsonObject
        {
            ["kind"] = new JsonObject { ["enum"] = new JsonArray([.. kinds.Definitions.Select(k => JsonValue.Create(k.Kind))]) },
        },
        ["allOf"] = new JsonArray([.. kinds.Definitions.Select(k => new JsonObject
        {
            ["if"] = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = k.Kind } } },
            ["then"] = new JsonObject { ["$ref"] = $"#/$defs/{k.Kind}" },
        })]),
        ["$defs"] = new JsonObject(kinds.Definitions.Select(k => KeyValuePair.Create<string, JsonNode?>(k.Kind, k.ToJsonSchema(kinds.Names)))),
    };
}
