using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Fleets;

/// <summary>Batches, each with a name of its own.</summary>
internal sealed class BatchListType(ObjectType batch) : FieldType
{
    private readonly ListType _list = new(batch);

    public override string Expected => _list.Expected;

    public override JsonNode? Read(Node node, FieldContext context)
    {
        var before = context.Problems.Count;
        var read = _list.Read(node, context);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in (node as ListNode)?.Items.OfType<MapNode>() ?? [])
            if (item.Given("name") is ScalarNode name && !names.Add(name.Text))
                context.Problems.Add(name.Where, $"two batches have the name {Quote.Short(name.Text)}", "give each batch a `name` of its own");
        return context.Problems.Count == before ? read : null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => _list.ToJsonSchema(writer);
}
