using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>The machine that a resource belongs on, for what can only be on the host.</summary>
internal sealed class TargetType : ScalarType
{
    public static TargetType Instance { get; } = new();

    public override string Expected => "`host`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) => scalar.Text == EngineTarget.Host
        ? JsonValue.Create(EngineTarget.Host)
        : Mismatch(scalar, context, "remove the field; what belongs into a VirtualMachine stands in its `provisioning.files`");

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(EngineTarget.Host);

    protected override JsonObject Schema() => new() { ["enum"] = new JsonArray(EngineTarget.Host) };
}
