using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>Another resource, as <c>Kind/name</c>.</summary>
internal sealed class ResourceReferenceType : ScalarType
{
    public static ResourceReferenceType Instance { get; } = new();

    public override string Expected => "a resource such as `EdgeModule/broker`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (!ResourceId.TryParse(scalar.Text, out var id))
            return Mismatch(scalar, context, $"write the kind and a slash before the name, as in `EdgeModule/{scalar.Text.Trim('/')}`");
        if (ManifestKinds.NotSupported.Contains(id.Kind))
            return Mismatch(scalar, context, $"the kind {id.Kind} is not supported by this version");
        if (context.Kinds is { } kinds && !kinds.Contains(id.Kind))
            return Mismatch(scalar, context, Spelling.Closest(id.Kind, kinds) is { } kind ? $"did you mean `{kind}/{id.Name}`?" : $"the kinds are {string.Join(", ", kinds)}");
        return JsonValue.Create(scalar.Text);
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("EdgeModule/any");

    protected override JsonObject Schema(SchemaWriter writer) => new() { ["type"] = "string", ["pattern"] = $"^({string.Join('|', writer.Kinds)})/.+$" };
}
