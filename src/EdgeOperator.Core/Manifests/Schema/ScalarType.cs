using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A type of single values.</summary>
internal abstract class ScalarType : FieldType
{
    public sealed override JsonNode? Read(Node node, FieldContext context)
    {
        if (node is ScalarNode { Kind: ScalarKind.Placeholder } placeholder)
            return Sample(placeholder.Text);
        if (node is ScalarNode { Kind: not ScalarKind.Null } scalar)
            return Read(scalar, context);
        context.Mismatch(node, Expected, "correct the value");
        return null;
    }

    public sealed override JsonObject ToJsonSchema(SchemaWriter writer) => writer.OrVariable(Schema(writer));

    /// <summary>Reads a value that is not null.</summary>
    protected abstract JsonNode? Read(ScalarNode scalar, FieldContext context);

    /// <summary>A value to go on with where a variable stands whose value is not known.</summary>
    protected abstract JsonNode Sample(string placeholder);

    protected virtual JsonObject Schema(SchemaWriter writer) => Schema();

    protected virtual JsonObject Schema() => new();

    protected JsonNode? Mismatch(ScalarNode scalar, FieldContext context, string? fix = null)
    {
        context.Mismatch(scalar, Expected, fix ?? "correct the value");
        return null;
    }
}
