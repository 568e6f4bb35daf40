using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Schedules;

/// <summary>One day or several, of one year or of each.</summary>
internal sealed class BlackoutType : ScalarType
{
    public static BlackoutType Instance { get; } = new();

    public override string Expected => "a day such as `2026-12-24`, each year `12-24`, or days `12-20/01-06`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        Blackout.Parse(scalar.Text) is null ? Mismatch(scalar, context) : JsonValue.Create(scalar.Text);

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("02-29");

    protected override JsonObject Schema() => new()
    {
        ["type"] = "string",
        ["pattern"] = "^([0-9]{4}-)?[0-9]{2}-[0-9]{2}(/([0-9]{4}-)?[0-9]{2}-[0-9]{2})?$",
        ["examples"] = new JsonArray("2026-12-24", "12-20/01-06"),
    };
}
