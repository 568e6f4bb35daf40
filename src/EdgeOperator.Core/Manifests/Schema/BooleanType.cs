using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

internal sealed class BooleanType : ScalarType
{
    public static BooleanType Instance { get; } = new();

    public override string Expected => "true or false";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        scalar.Kind == ScalarKind.Boolean ? scalar.ToJson() : Mismatch(scalar, context, "write true or false, without quotes");

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(false);

    protected override JsonObject Schema() => new() { ["type"] = "boolean" };
}
