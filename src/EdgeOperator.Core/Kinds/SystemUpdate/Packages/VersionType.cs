using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Packages;

/// <summary>A <see cref="VersionRule"/>.</summary>
internal sealed class VersionType : ScalarType
{
    public static VersionType Instance { get; } = new();

    public override string Expected => "`latest`, a version such as `1.22.1-9`, or a range such as `>= 1.22, << 2`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) => VersionRule.Parse(scalar.Text) switch
    {
        null => Mismatch(scalar, context),
        _ when scalar.Kind is ScalarKind.Integer or ScalarKind.Number => Mismatch(scalar, context, $"put it in quotes: \"{scalar.Text}\""),
        { Limits: [{ Relation: "=" }, ..] and { Length: > 1 } } => Mismatch(scalar, context, "a range takes no `=` beside other limits"),
        var rule => JsonValue.Create(rule.ToString()),
    };

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(VersionRule.LatestWord);

    protected override JsonObject Schema() => new() { ["type"] = "string", ["minLength"] = 1, ["examples"] = new JsonArray("latest", "1.22.1-9", ">= 1.22, << 2") };
}
