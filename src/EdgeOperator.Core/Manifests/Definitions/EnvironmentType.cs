using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>
/// Environment variables in any of three forms: <c>NAME: value</c>, IoT Edge's <c>NAME: {value: …}</c>, or Kubernetes'
/// list of <c>{name, value}</c>. All become the first.
/// </summary>
internal sealed class EnvironmentType : FieldType
{
    public static EnvironmentType Instance { get; } = new();

    private static readonly ObjectType Value = new(
        new Field("value", TextType.WithSecrets, "The value.") { Required = true });

    private static readonly ObjectType Item = new(
        new("name", StringType.Any, "The variable's name.") { Required = true },
        new("value", TextType.WithSecrets, "The value.") { Default = "\"\"" });

    public override string Expected => "a mapping of names to values, or a list of `name` and `value`";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is not (MapNode or ListNode))
        {
            context.Mismatch(node, Expected, "write `NAME: value`, one a line");
            return null;
        }
        var before = context.Problems.Count;
        var result = new JsonObject();
        if (node is MapNode map)
            foreach (var entry in map.Entries)
                Add(result, entry.Key, entry.KeyWhere, ValueOf(entry.Value, context.Field(entry.Key)), context);
        else
            foreach (var (index, item) in ((ListNode)node).Items.Index())
                if (Item.Read(item, context.Item(index)) is JsonObject { } read)
                    Add(result, (string)read["name"]!, item.Where, read["value"], context);
        return context.Problems.Count == before ? result : null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "object",
                ["propertyNames"] = new JsonObject { ["pattern"] = Names.EnvironmentKey.Pattern.ToString() },
                ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(TextType.Any.ToJsonSchema(writer), writer.Object(Value)) },
            },
            new JsonObject { ["type"] = "array", ["items"] = writer.Object(Item) }),
    };

    private static JsonNode? ValueOf(Node node, FieldContext context) =>
        node is MapNode map ? Value.Read(map, context)?["value"] : TextType.WithSecrets.Read(node, context);

    private static void Add(JsonObject result, string name, Position where, JsonNode? value, FieldContext context)
    {
        if (Names.EnvironmentKey.Check(name, where, context) && !result.TryAdd(name, value?.DeepClone()))
            context.Problems.Add(where, $"{context.Path} has {Quote.Short(name)} twice", "keep one of them");
    }
}
