using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>The machine that a resource belongs on: the host, or once they are supported a virtual machine.</summary>
internal sealed class TargetType : ScalarType
{
    public static TargetType Instance { get; } = new();

    public override string Expected => "`host`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) => scalar.Text == "host"
        ? JsonValue.Create("host")
        : Mismatch(scalar, context, "remove the field; virtual machines are not supported by this version");

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("host");

    protected override JsonObject Schema() => new() { ["enum"] = new JsonArray("host") };
}
