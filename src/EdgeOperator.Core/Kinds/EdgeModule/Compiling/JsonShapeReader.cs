using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// Holds nodes against a <see cref="JsonShape"/> and turns them into JSON in the engine's own spelling of field names.
/// Everything is passed on, also what the shape does not know.
/// </summary>
/// <param name="convert">Whether <c>80</c> may stand for <c>"80"</c> and the other way round.</param>
internal sealed class JsonShapeReader(ProblemCollector problems, bool convert = false)
{
    /// <param name="path">Names the value in messages: <c>createOptions.HostConfig.Memory</c>.</param>
    public JsonNode? Read(Node node, JsonShape shape, string path) => (node, shape) switch
    {
        (ScalarNode { Kind: ScalarKind.Null or ScalarKind.Placeholder }, _) => node.ToJson(),
        (MapNode map, JsonShape.Struct fields) => ReadStruct(map, fields, path),
        (MapNode map, JsonShape.Map entries) => ReadMap(map, entries, path),
        (ListNode list, JsonShape.List { Item: var item }) => ReadList(list, item, path),
        (ListNode list, JsonShape.Words words) => ReadList(list, words.Item ?? AnyText, path),
        (ScalarNode { Kind: ScalarKind.String } word, JsonShape.Words { Item: { } item }) => Checked(word, item.Holds(word.Text), item, path),
        (ScalarNode { Kind: ScalarKind.String }, JsonShape.Words) => node.ToJson(),
        (ScalarNode { Kind: ScalarKind.Boolean }, JsonShape.Flag) => node.ToJson(),
        (ScalarNode { Kind: ScalarKind.Integer } scalar, JsonShape.Number number) =>
            Checked(scalar, number.Holds(PlainScalar.ToInteger(scalar.Text)), shape, path),
        (ScalarNode { Kind: ScalarKind.String } scalar, JsonShape.Text text) => Checked(scalar, text.Holds(scalar.Text), shape, path),
        (ScalarNode scalar, _) when convert && Converted(scalar, shape) is { } converted => Read(converted, shape, path),
        _ => Wrong(node, shape, path),
    };

    private static JsonShape.Text AnyText { get; } = new(_ => true, "a string");

    private static ScalarNode? Converted(ScalarNode scalar, JsonShape shape)
    {
        var (kind, text) = (shape, PlainScalar.KindOf(scalar.Text)) switch
        {
            (JsonShape.Text or JsonShape.Words, _) => (ScalarKind.String, scalar.Text),
            (JsonShape.Number, ScalarKind.Integer) => (ScalarKind.Integer, scalar.Text),

            // A number with a point or an exponent is a whole one if nothing is lost.
            (JsonShape.Number, ScalarKind.Number) when scalar.Kind == ScalarKind.Number && WholeNumber(scalar.Text) is { } whole => (ScalarKind.Integer, whole),
            (JsonShape.Flag, ScalarKind.Boolean) => (ScalarKind.Boolean, scalar.Text),
            (JsonShape.Flag, ScalarKind.Integer) when scalar.Kind == ScalarKind.Integer => (ScalarKind.Boolean, PlainScalar.ToInteger(scalar.Text) == 0 ? "false" : "true"),
            _ => (scalar.Kind, scalar.Text),
        };
        return kind == scalar.Kind ? null : new(scalar.Where, text, kind, scalar.IsPlain);
    }

    private static string? WholeNumber(string text)
    {
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == decimal.Truncate(number) && Math.Abs(number) < 1e18m
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private JsonObject ReadStruct(MapNode map, JsonShape.Struct shape, string path)
    {
        var json = new JsonObject();
        foreach (var entry in map.Entries)
        {
            var known = shape.TryFind(entry.Key, out var field);
            var name = known ? field.Name : entry.Key;
            if (!known)
                SuggestName(entry, shape, path);
            var value = known ? Read(entry.Value, field.Shape, $"{path}.{name}") : entry.Value.ToJson();
            if (!json.TryAdd(name, value))
                problems.Add(entry.KeyWhere, $"{path}.{name} stands twice, as the engine does not tell {Quote.Short(entry.Key)} from it", "keep one of them");
        }
        return json;
    }

    private JsonObject ReadMap(MapNode map, JsonShape.Map shape, string path)
    {
        var json = new JsonObject();
        foreach (var entry in map.Entries)
        {
            if (!entry.Key.Contains("${", StringComparison.Ordinal) && !shape.Key.Holds(entry.Key))
                problems.Add(entry.KeyWhere, $"a key of {path} must be {shape.Key.Expected}, not {Quote.Short(entry.Key)}", "correct the key");
            json.Add(entry.Key, Read(entry.Value, shape.Value, $"{path}.{entry.Key}"));
        }
        return json;
    }

    private JsonArray ReadList(ListNode list, JsonShape item, string path) =>
        [.. list.Items.Select((node, index) => Read(node, item, $"{path}[{index}]"))];

    private JsonNode? Checked(ScalarNode node, bool holds, JsonShape shape, string path) => holds ? node.ToJson() : Wrong(node, shape, path);

    private JsonNode? Wrong(Node node, JsonShape shape, string path)
    {
        var fix = (node, shape) switch
        {
            (ScalarNode { Kind: not ScalarKind.String }, JsonShape.Text or JsonShape.Words) => "put it in quotes; the engine takes only a string here",
            (ScalarNode { Kind: ScalarKind.String } text, JsonShape.Flag or JsonShape.Number) when PlainScalar.KindOf(text.Text) != ScalarKind.String => "remove the quotes",
            _ => "correct the value",
        };
        problems.Add(node.Where, $"{path} must be {shape.Expected}, not {node.Description}", fix);
        return node.ToJson();
    }

    private static string? Elsewhere(string name, JsonShape.Struct shape) =>
        shape == CreateRequestSchema.HostConfig && CreateRequestSchema.Root.TryFind(name, out _) ? "createOptions itself"
        : shape == CreateRequestSchema.Root && CreateRequestSchema.HostConfig.TryFind(name, out _) ? "createOptions.HostConfig"
        : null;

    private void SuggestName(MapEntry entry, JsonShape.Struct shape, string path)
    {
        if (Elsewhere(entry.Key, shape) is { } place)
            problems.Warn(entry.KeyWhere, $"the field {Quote.Short(entry.Key)} has no effect in {path}: the engine knows it in {place} alone", $"move it to {place}");
        else if (Spelling.Closest(entry.Key, shape.Names) is { } name)
            problems.Warn(entry.KeyWhere, $"the field {Quote.Short(entry.Key)} is not known in {path}; it is passed on to the engine", $"did you mean `{name}`?");
    }
}
