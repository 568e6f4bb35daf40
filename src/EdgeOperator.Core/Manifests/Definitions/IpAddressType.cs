using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>An IPv4 or IPv6 address.</summary>
internal sealed class IpAddressType : ScalarType
{
    public static IpAddressType Instance { get; } = new();

    public override string Expected => "an address such as `127.0.0.1` or `::1`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        IPAddress.TryParse(scalar.Text, out _) ? JsonValue.Create(scalar.Text) : Mismatch(scalar, context);

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("127.0.0.1");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^[0-9a-fA-F:.]+$" };
}
