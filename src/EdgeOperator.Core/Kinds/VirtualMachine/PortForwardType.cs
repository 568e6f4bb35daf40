using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>A port of the host that leads into a guest: <c>[address:]host:guest[/protocol]</c>, or the same as a mapping.</summary>
internal sealed partial class PortForwardType : FieldType
{
    private const string DefaultAddress = "127.0.0.1";

    public static PortForwardType Instance { get; } = new();

    private static readonly ObjectType Fields = new(
        new("host", IntegerType.Port, "The port on the host.") { Required = true },
        new("guest", IntegerType.Port, "The port inside the guest.") { Required = true },
        new("protocol", new ChoiceType(new("tcp", "tcp"), new("udp", "udp")), "The protocol.") { Default = "tcp" },
        new("address", IpAddressType.Instance, "The host's IPv4 address to listen on; `0.0.0.0` is every one.") { Default = DefaultAddress });

    public override string Expected => "a forward such as `8080:80` or `0.0.0.0:8080:80/tcp`";

    public override JsonNode? Read(Node node, FieldContext context) => node switch
    {
        MapNode map => Checked(Fields.Read(map, context), map, context),
        ScalarNode { Kind: ScalarKind.Placeholder } => new JsonObject { ["host"] = 1, ["guest"] = 1, ["protocol"] = "tcp", ["address"] = DefaultAddress },
        ScalarNode { Kind: ScalarKind.String } text when Form().Match(text.Text) is { Success: true } match => Read(match, text, context),
        _ => Refuse(node, context, "write host port, colon, guest port"),
    };

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new()
    {
        ["anyOf"] = new JsonArray(
            writer.OrVariable(new() { ["type"] = "string", ["pattern"] = "^([0-9.]+:)?[0-9]+:[0-9]+(/(tcp|udp))?$", ["examples"] = new JsonArray("8080:80", "0.0.0.0:8443:443/tcp") }),
            writer.Object(Fields)),
    };

    private JsonNode? Read(Match match, ScalarNode node, FieldContext context)
    {
        var result = new JsonObject
        {
            ["protocol"] = match.Groups["protocol"] is { Success: true } protocol ? protocol.Value : "tcp",
            ["address"] = match.Groups["address"] is { Success: true } address ? address.Value : DefaultAddress,
        };
        foreach (var side in (string[])["host", "guest"])
        {
            var port = int.Parse(match.Groups[side].ValueSpan, CultureInfo.InvariantCulture);
            if (port is < 1 or > 65535)
                return Refuse(node, context, "choose ports from 1 to 65535");
            result[side] = port;
        }

        return Checked(result, node, context);
    }

    // User-mode networks have no IPv6 on the host's side.
    private JsonNode? Checked(JsonObject? forward, Node node, FieldContext context) =>
        forward is null || (IPAddress.TryParse((string)forward["address"]!, out var address) && address.AddressFamily == AddressFamily.InterNetwork)
            ? forward
            : Refuse(node, context, "name an IPv4 address of the host, or `0.0.0.0` for every one");

    private JsonNode? Refuse(Node node, FieldContext context, string fix)
    {
        context.Mismatch(node, Expected, fix);
        return null;
    }

    [GeneratedRegex(@"^(?:(?<address>[0-9]{1,3}(?:\.[0-9]{1,3}){3}):)?(?<host>[0-9]{1,6}):(?<guest>[0-9]{1,6})(?:/(?<protocol>tcp|udp))?\z")]
    private static partial Regex Form();
}
