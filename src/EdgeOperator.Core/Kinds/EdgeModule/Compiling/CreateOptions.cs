using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// A module's <c>createOptions</c>, held against what the engine takes: the JSON that goes to the engine, and where
/// each part of it stands.
/// </summary>
internal sealed class CreateOptions
{
    private readonly Node? _root;

    /// <summary>The plain fields of a module that become parts of a create request.</summary>
    private static readonly (string Path, string Field)[] PlainFields =
    [
        ("Entrypoint", "command"), ("Cmd", "args"), ("User", "user"), ("WorkingDir", "workingDir"), ("Healthcheck", "health"), ("Env", "env"),
        ("Labels", "labels"), ("HostConfig.ReadonlyRootfs", "readOnly"), ("HostConfig.Memory", "resources"), ("HostConfig.NanoCpus", "resources"),
        ("HostConfig.PortBindings", "ports"), ("HostConfig.Binds", "volumes"), ("HostConfig.Mounts", "volumes"), ("HostConfig.NetworkMode", "networks"),
        ("NetworkingConfig.EndpointsConfig", "networks"),
    ];

    private CreateOptions(Node? root, JsonObject body, Position where) => (_root, Body, Where) = (root, body, where);

    /// <summary>The module's spec, where plain fields stand beside the options; null when there are none.</summary>
    public MapNode? Spec { get; init; }

    /// <summary>The create request, with known fields in the engine's spelling.</summary>
    public JsonObject Body { get; }

    public Position Where { get; }

    public static CreateOptions None(Position where, MapNode? spec = null) => new(null, [], where) { Spec = spec };

    /// <param name="node">A mapping, or a text that holds one as JSON; <c>null</c> and an empty text mean no options.</param>
    /// <param name="convert">Whether <c>80</c> may stand for <c>"80"</c> and the other way round.</param>
    public static CreateOptions Read(Node node, bool convert, ProblemCollector problems, MapNode? spec = null)
    {
        var root = node is ScalarNode { Kind: ScalarKind.String or ScalarKind.Placeholder } text ? EmbeddedJson.Read(text, "createOptions", problems) : node;
        switch (root)
        {
            case MapNode map:
                return new(map, (JsonObject)new JsonShapeReader(problems, convert).Read(map, CreateRequestSchema.Root, "createOptions")!, node.Where) { Spec = spec };
            case null or ScalarNode { Kind: ScalarKind.Null or ScalarKind.Placeholder }:
                break;
            default:
                problems.Add(root.Where, $"createOptions must be a mapping or a string of JSON, not {root.Description}", "write a mapping in the shape of Docker's create request");
                break;
        }
        return None(node.Where, spec);
    }

    /// <summary>Where the value under a path of field names stands, or the nearest thing around it.</summary>
    public Position At(params ReadOnlySpan<string> path)
    {
        var where = Where;
        var node = _root;
        foreach (var name in path)
        {
            var entry = (node as MapNode)?.Entries.FirstOrDefault(e => e.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (entry is null)
                return PlainField(path) ?? where;
            where = entry.KeyWhere;
            node = entry.Value;
        }
        return where;
    }

    private Position? PlainField(ReadOnlySpan<string> path)
    {
        var text = string.Join('.', path);
        foreach (var (known, field) in PlainFields)
            if (text.StartsWith(known, StringComparison.Ordinal) && Spec?.Find(field) is { } entry)
                return entry.KeyWhere;
        return null;
    }
}
