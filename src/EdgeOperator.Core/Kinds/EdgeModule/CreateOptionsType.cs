using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>
/// An engine's create request: a mapping, or JSON in a string as IoT Edge has it. What is in it is checked where it is
/// compiled.
/// </summary>
internal sealed class CreateOptionsType : FieldType
{
    public static CreateOptionsType Instance { get; } = new();

    public override string Expected => "a mapping, or a mapping as a JSON string";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is MapNode or ScalarNode { Kind: ScalarKind.String or ScalarKind.Placeholder })
            return JsonValue.Create(true);
        context.Mismatch(node, Expected, "write it as the engine's create request");
        return null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new() { ["type"] = new JsonArray("object", "string") };
}
