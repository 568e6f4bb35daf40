using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A type of single values.</summary>
internal abstract class ScalarType : FieldType
{
    /// <summary>Whether a secret may stand here: what is made of the value is neither shown nor seen by others.</summary>
    protected virtual bool TakesSecrets => false;

    public sealed override JsonNode? Read(Node node, FieldContext context)
    {
        if (!TakesSecrets && node is ScalarNode { Text: var text } && SecretReference.IsIn(text))
        {
            context.Problems.Add(node.Where, $"{context.Path} can't hold a secret: it would be seen in process lists, labels or the agent's own status", SecretPlaces.Fix);
            return null;
        }

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
