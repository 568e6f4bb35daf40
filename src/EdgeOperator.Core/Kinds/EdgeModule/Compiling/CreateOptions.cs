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

    private CreateOptions(Node? root, JsonObject body, Position where) => (_root, Body, Where) = (root, body, where);

    /// <summary>The create request, with known fields in the engine's spelling.</summary>
    public JsonObject Body { get; }

    public Position Where { get; }

    public static CreateOptions None(Position where) => new(null, [], where);

    /// <param name="node">A mapping, or a text that holds one as JSON; <c>null</c> and an empty text mean no options.</param>
    /// <param name="convert">Whether <c>80</c> may stand for <c>"80"</c> and the other way round.</param>
    public static CreateOptions Read(Node node, bool convert, ProblemCollector problems)
    {
        var root = node is ScalarNode { Kind: ScalarKind.String or ScalarKind.Placeholder } text ? EmbeddedJson.Read(text, "createOptions", problems) : node;
        switch (root)
        {
            case MapNode map:
                return new(map, (JsonObject)new JsonShapeReader(problems, convert).Read(map, CreateRequestSchema.Root, "createOptions")!, node.Where);
            case null or ScalarNode { Kind: ScalarKind.Null or ScalarKind.Placeholder }:
                break;
            default:
                problems.Add(root.Where, $"createOptions must be a mapping or a string of JSON, not {root.Description}", "write a mapping in the shape of Docker's create request");
                break;
        }
        return None(node.Where);
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
                break;
            where = entry.KeyWhere;
            node = entry.Value;
        }
        return where;
    }
}
