using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.Secret;

/// <summary>A single value that is, or should be, encrypted: problems never quote it.</summary>
internal sealed class EncryptedType : FieldType
{
    public static EncryptedType Instance { get; } = new();

    public override string Expected => "a single value, encrypted";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is ScalarNode { Kind: not ScalarKind.Null })
            return JsonValue.Create(true);
        context.Problems.Add(node.Where, $"{context.Path} must be {Expected}", "give it one value, and encrypt the file again");
        return null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new() { ["type"] = new JsonArray("string", "number", "boolean") };
}

/// <summary>The <c>sops</c> block, whose content is checked where the file is opened.</summary>
internal sealed class SopsBlockType : FieldType
{
    public static SopsBlockType Instance { get; } = new();

    public override string Expected => "what SOPS has written";

    public override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is MapNode)
            return JsonValue.Create(true);
        context.Problems.Add(node.Where, $"{context.Path} must be {Expected}", "encrypt the file again");
        return null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new() { ["type"] = "object" };
}
