using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A whole number in a range.</summary>
internal sealed class IntegerType(string what, long minimum, long maximum) : ScalarType
{
    public static IntegerType Port { get; } = new("a port", 1, 65535);

    public override string Expected => $"{what} from {minimum} to {maximum}";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (scalar.Kind != ScalarKind.Integer)
            return Mismatch(scalar, context, PlainScalar.KindOf(scalar.Text) == ScalarKind.Integer ? "remove the quotes" : "write a whole number");
        return PlainScalar.ToInteger(scalar.Text) is var value && value >= minimum && value <= maximum
            ? JsonValue.Create(value)
            : Mismatch(scalar, context, "choose a number in the range");
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(minimum);

    protected override JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
}
