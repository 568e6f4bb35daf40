using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A mapping whose keys the user chooses.</summary>
/// <param name="key">What a key must be.</param>
internal sealed class MapType(KeyRule key, FieldType value) : FieldType
{
    public override string Expected => "a mapping";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is not MapNode map)
        {
            context.Mismatch(node, Expected, "write `key: value`, one a line");
            return null;
        }
        var result = new JsonObject();
        var complete = true;
        foreach (var entry in map.Entries)
        {
            complete &= key.Check(entry.Key, entry.KeyWhere, context);
            if (value.Read(entry.Value, context.Field(entry.Key)) is { } read)
                result[entry.Key] = read;
            else
                complete = false;
        }
        return complete ? result : null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = key.Pattern.ToString() },
        ["additionalProperties"] = value.ToJsonSchema(writer),
    };
}
