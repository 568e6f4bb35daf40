using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>A published port: <c>[address:][host:]container[/protocol]</c> as engines write it, or the same as a mapping.</summary>
internal sealed partial class PortMappingType : FieldType
{
    public static PortMappingType Instance { get; } = new();

    private static readonly ObjectType Fields = new(
        new("container", IntegerType.Port, "The port inside the container.") { Required = true },
        new("host", IntegerType.Port, "The port on the host; absent lets the engine choose one."),
        new("protocol", new ChoiceType(new("tcp", "tcp"), new("udp", "udp"), new("sctp", "sctp")), "The protocol.") { Default = "tcp" },
        new("address", IpAddressType.Instance, "The host's address to listen on; absent means every address."));

    public override string Expected => "a port such as `8080:80` or `127.0.0.1:8080:80/tcp`";

    public override JsonNode? Read(Node node, FieldContext context) => node switch
    {
        MapNode map => Fields.Read(map, context),
        ScalarNode { Kind: ScalarKind.Placeholder } => new JsonObject { ["container"] = 1, ["protocol"] = "tcp" },
        ScalarNode { Kind: ScalarKind.String or ScalarKind.Integer } text when Form().Match(text.Text) is { Success: true } match => Read(match, node, context),
        _ => Refuse(node, context, "write host port, colon, container port"),
    };

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new()
    {
        ["anyOf"] = new JsonArray(
            writer.OrVariable(new() { ["type"] = new JsonArray("string", "integer"), ["examples"] = new JsonArray("8080:80", "127.0.0.1:5353:53/udp") }),
            writer.Object(Fields)),
    };

    private JsonNode? Read(Match match, Node node, FieldContext context)
    {
        var result = new JsonObject { ["protocol"] = match.Groups["protocol"] is { Success: true } protocol ? protocol.Value : "tcp" };
        foreach (var side in (string[])["container", "host"])
        {
            if (match.Groups[side].Length == 0)
                continue;
            var port = int.Parse(match.Groups[side].ValueSpan, CultureInfo.InvariantCulture);
            if (port is < 1 or > 65535)
                return Refuse(node, context, "choose ports from 1 to 65535");
            result[side] = port;
        }
        if (match.Groups["address"] is { Success: true } address)
        {
            if (IpAddressType.Instance.Read(new ScalarNode(node.Where, address.Value, ScalarKind.String, isPlain: false), context) is not { } read)
                return null;
            result["address"] = read;
        }
        return result;
    }

    private JsonNode? Refuse(Node node, FieldContext context, string fix)
    {
        context.Mismatch(node, Expected, fix);
        return null;
    }

    [GeneratedRegex(@"^(?:(?:\[(?<address>[0-9a-fA-F:.]{2,45})\]|(?<address>[0-9]{1,3}(?:\.[0-9]{1,3}){3})):)?(?:(?<host>[0-9]{0,6}):)?(?<container>[0-9]{1,6})(?:/(?<protocol>tcp|udp|sctp))?\z")]
    private static partial Regex Form();
}
