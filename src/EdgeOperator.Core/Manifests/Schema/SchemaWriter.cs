using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Writes types as JSON Schema (draft 2020-12).</summary>
/// <param name="variables">Whether <c>${…}</c> may stand in place of a value.</param>
/// <param name="kinds">The kinds of resources that may be referred to.</param>
internal sealed class SchemaWriter(bool variables, ImmutableArray<string> kinds)
{
    public ImmutableArray<string> Kinds { get; } = kinds;

    public JsonObject OrVariable(JsonObject schema) => variables
        ? new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{" }) }
        : schema;

    public JsonObject Object(ObjectType type)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        var required = new JsonArray([.. type.Fields.Where(f => f.Required).Select(f => JsonValue.Create(f.Name))]);
        if (required.Count > 0)
            schema["required"] = required;
        schema["properties"] = new JsonObject(type.Fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Name, Property(f))));
        if (type.Rules.Length > 0)
            schema["allOf"] = new JsonArray([.. type.Rules.Select(r => r.ToJsonSchema())]);
        return type.Shorthand is { } shorthand
            ? new() { ["anyOf"] = new JsonArray(schema, type.Fields.Single(f => f.Name == shorthand).Type.ToJsonSchema(this)) }
            : schema;
    }

    private JsonObject Property(Field field)
    {
        var schema = field.Type.ToJsonSchema(this);
        schema["description"] = field.Description;
        if (field.DefaultNode is { } absent)
            schema["default"] = absent.ToJson();
        return schema;
    }
}
