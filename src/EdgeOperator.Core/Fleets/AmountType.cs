using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Fleets;

/// <summary>A number of devices, or a share of them.</summary>
internal sealed class AmountType : ScalarType
{
    public static AmountType Instance { get; } = new();

    public override string Expected => "a number of devices from 1 on, or a share from `1%` to `100%`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        Amount.Parse(scalar.Text) is { } amount ? JsonValue.Create(amount.ToString()) : Mismatch(scalar, context, "write `3` or `10%`");

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("1");

    protected override JsonObject Schema() => new() { ["type"] = new JsonArray("integer", "string"), ["pattern"] = "^([1-9][0-9]*|[1-9][0-9]?%|100%)$", ["minimum"] = 1 };
}

/// <summary>A share in percent; bound as a number.</summary>
internal sealed class PercentType : ScalarType
{
    public static PercentType Instance { get; } = new();

    public override string Expected => "a share from `0%` to `100%`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        scalar.Text == "0%" ? JsonValue.Create(0)
        : Amount.Parse(scalar.Text) is { IsPercent: true } amount ? JsonValue.Create(amount.Value)
        : Mismatch(scalar, context, scalar.Kind == ScalarKind.Integer ? $"write `{scalar.Text}%`" : "write `90%`");

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(100);

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^([0-9]|[1-9][0-9]|100)%$" };
}
