using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Versions;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>A range of versions, as <see cref="SemverRange"/> reads it.</summary>
internal sealed class SemverRangeType : ScalarType
{
    public static SemverRangeType Instance { get; } = new();

    public override string Expected => "a range of versions, such as `1.x`, `^1.2` or `>=1.2.0 <2.0.0`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        scalar.Text.Length > 0 && SemverRange.Parse(scalar.Text) is not null ? JsonValue.Create(scalar.Text) : Mismatch(scalar, context);

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("1.x");

    protected override JsonObject Schema() => new()
    {
        ["type"] = new JsonArray("string", "number"),
        ["pattern"] = @"^[0-9A-Za-z.*+~^<>=|, -]+$",
        ["examples"] = new JsonArray("1.x", "^1.2", ">=1.2.0 <2.0.0"),
    };
}
