using System.Net;
using System.Net.Sockets;
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
        IsIPv4(scalar.Text) || IsIPv6(scalar.Text) ? JsonValue.Create(scalar.Text) : Mismatch(scalar, context);

    /// <summary>Four decimal numbers without leading zeros; .NET also reads <c>10.1</c> and <c>0x7f.1</c>, which nothing else does alike.</summary>
    public static bool IsIPv4(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    /// <summary>Without brackets.</summary>
    public static bool IsIPv6(string text) =>
        !text.Contains('[', StringComparison.Ordinal) && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("127.0.0.1");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^[0-9a-fA-F:.]+$" };
}
