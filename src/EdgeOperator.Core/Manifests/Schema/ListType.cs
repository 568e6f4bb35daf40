using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A list of one type.</summary>
internal sealed class ListType(FieldType item, bool allowEmpty = true) : FieldType
{
    public override string Expected => "a list";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is not ListNode list)
        {
            context.Mismatch(node, Expected, node is ScalarNode scalar ? $"write [{scalar.Text}], or a line with `- ` for each item" : "start each item with `- `");
            return null;
        }
        if (!allowEmpty && list.Items.IsEmpty)
        {
            context.Problems.Add(node.Where, $"{context.Path} is empty", "give it at least one item, or leave the field out");
            return null;
        }
        var items = list.Items.Select((n, i) => item.Read(n, context.Item(i))).ToArray();
        return items.Contains(null) ? null : new JsonArray(items);
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.ToJsonSchema(writer) };
        if (!allowEmpty)
            schema["minItems"] = 1;
        return schema;
    }
}
