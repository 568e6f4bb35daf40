using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>What the language names and this version does not do yet.</summary>
/// <param name="what">In the plural, for messages.</param>
/// <param name="instead">What to do about it.</param>
internal sealed class UnsupportedType(string what, string instead) : FieldType
{
    public override string Expected => "absent";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        context.Problems.Add(node.Where, $"{what} are not supported by this version", instead);
        return null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new() { ["not"] = new JsonObject() };
}
