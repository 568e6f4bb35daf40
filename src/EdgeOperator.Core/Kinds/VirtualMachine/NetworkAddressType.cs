using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>An address with the length of its network's prefix, as in <c>192.168.7.2/24</c>.</summary>
internal sealed class NetworkAddressType : ScalarType
{
    public static NetworkAddressType Instance { get; } = new();

    public override string Expected => "an address with its prefix length, such as `192.168.7.2/24`";

    /// <summary>The network that an address lies in; null for what is none.</summary>
    public static IPNetwork? NetworkOf(string text)
    {
        if (text.Split('/') is not [var host, var length] || !IPAddress.TryParse(host, out var address) || !int.TryParse(length, out var prefix))
            return null;
        var bytes = address.GetAddressBytes();
        if (prefix < 1 || prefix > bytes.Length * 8)
            return null;
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new(new(bytes), prefix);
    }

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        NetworkOf(scalar.Text) is not null ? JsonValue.Create(scalar.Text) : Mismatch(scalar, context, $"write the address, a slash and how many bits name the network");

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("192.0.2.1/24");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^[0-9a-fA-F:.]+/[0-9]{1,3}$" };
}
