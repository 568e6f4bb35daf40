using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>A volume or host path in a container: <c>source:/path[:options]</c> as engines write it, or the same as a mapping.</summary>
internal sealed partial class VolumeMountType : FieldType
{
    public static VolumeMountType Instance { get; } = new();

    private static readonly ObjectType Fields = new(
        new("source", Names.VolumeSource, "A volume's name, or an absolute path on the host.") { Required = true },
        new("path", Names.AbsolutePath, "The absolute path inside the container.") { Required = true },
        new("readOnly", BooleanType.Instance, "Whether the container may only read.") { Default = "false" },
        new("relabel", new ChoiceType(new("shared", "z"), new("private", "Z")), "Give a host path the SELinux label of containers."));

    public override string Expected => "a volume such as `data:/var/lib/data` or `/srv/data:/data:ro`";

    public override JsonNode? Read(Node node, FieldContext context) => node switch
    {
        MapNode map => Fields.Read(map, context),
        ScalarNode { Kind: ScalarKind.Placeholder } => new JsonObject { ["source"] = "any", ["path"] = "/any", ["readOnly"] = false },
        ScalarNode { Kind: ScalarKind.String } text when Form().Match(text.Text) is { Success: true } match => Read(match, text, context),
        _ => Refuse(node, context, "write a volume's name or a host path, a colon, and the path inside the container"),
    };

    public override JsonObject ToJsonSchema(SchemaWriter writer) => new()
    {
        ["anyOf"] = new JsonArray(
            writer.OrVariable(new() { ["type"] = "string", ["pattern"] = ".:.", ["examples"] = new JsonArray("data:/var/lib/data", "/srv/data:/data:ro") }),
            writer.Object(Fields)),
    };

    private JsonNode? Read(Match match, ScalarNode node, FieldContext context)
    {
        var result = new JsonObject { ["readOnly"] = false };
        foreach (var option in match.Groups["options"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (option is "ro" or "rw")
                result["readOnly"] = option == "ro";
            else if (option is "z" or "Z")
                result["relabel"] = option;
            else
                return Refuse(node, context, $"the option {Quote.Short(option)} is not one of ro, rw, z and Z; use createOptions.HostConfig.Mounts for others");
        }
        result["source"] = Names.VolumeSource.Read(Part("source"), context);
        result["path"] = Names.AbsolutePath.Read(Part("path"), context);
        return result["source"] is null || result["path"] is null ? null : result;

        ScalarNode Part(string name) => new(node.Where, match.Groups[name].Value, ScalarKind.String, isPlain: false);
    }

    private JsonNode? Refuse(Node node, FieldContext context, string fix)
    {
        context.Mismatch(node, Expected, fix);
        return null;
    }

    [GeneratedRegex(@"^(?<source>[A-Za-z]:[\\/][^:]*|[^:]+):(?<path>[A-Za-z]:[\\/][^:]*|[^:]+)(?::(?<options>[^:]*))?\z")]
    private static partial Regex Form();
}
