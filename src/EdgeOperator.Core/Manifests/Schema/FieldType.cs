using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>
/// What a field may hold. One description drives both the checking of manifests and the JSON Schema for editors.
/// </summary>
internal abstract class FieldType
{
    /// <summary>What is expected, for messages: <c>a port from 1 to 65535</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Checks a value and gives it in canonical form, ready to be bound.</summary>
    /// <returns>Null after at least one problem was added.</returns>
    public abstract JsonNode? Read(Node node, FieldContext context);

    /// <summary>The type as JSON Schema.</summary>
    public abstract JsonObject ToJsonSchema(SchemaWriter writer);
}
