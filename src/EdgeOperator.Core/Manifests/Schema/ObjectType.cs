using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A mapping with known fields. A field without a value (<c>key:</c>) counts as absent.</summary>
internal sealed class ObjectType(params ImmutableArray<Field> fields) : FieldType
{
    public ImmutableArray<Field> Fields { get; } = fields;

    public ImmutableArray<Rule> Rules { get; init; } = [];

    /// <summary>The field that is meant when a single value stands in place of the mapping.</summary>
    public string? Shorthand { get; init; }

    public override string Expected => "a mapping";

    public override JsonNode? Read(Node node, FieldContext context) => node switch
    {
        MapNode map => Read(map, context),
        ScalarNode when Shorthand is not null => Read(new MapNode(node.Where, [new(Shorthand, node.Where, node)]), context),
        _ => Refuse(node, context),
    };

    public JsonObject? Read(MapNode map, FieldContext context)
    {
        var before = context.Problems.Count;
        foreach (var entry in map.Entries)
            if (!Fields.Any(f => f.Name == entry.Key))
                Unknown(entry, context);
        var result = new JsonObject();
        foreach (var field in Fields)
            if (Read(field, map, context) is { } value)
                result[field.Name] = value;
        foreach (var rule in Rules)
            rule.Check(map, context);
        return context.Problems.Count == before ? result : null;
    }

    public override JsonObject ToJsonSchema(SchemaWriter writer) => writer.Object(this);

    private static JsonNode? Read(Field field, MapNode map, FieldContext context)
    {
        var inner = context.Field(field.Name);
        if (map.Given(field.Name) is { } given)
            return field.Type.Read(given, inner);
        if (field.Required)
            context.Problems.Add(map.Find(field.Name)?.KeyWhere ?? map.Where, $"{inner.Path} is missing", $"add `{field.Name}`, {field.Type.Expected}");
        return field.DefaultNode is { } absent ? field.Type.Read(absent, inner) : null;
    }

    private void Unknown(MapEntry entry, FieldContext context)
    {
        string[] names = [.. Fields.Select(f => f.Name)];
        var fix = Spelling.Closest(entry.Key, names) is { } close ? $"did you mean `{close}`?" : $"remove it; known here: {string.Join(", ", names)}";
        context.Problems.Add(entry.KeyWhere, $"the field {Quote.Short(entry.Key)} is not known{(context.Path.Length == 0 ? "" : $" in {context.Path}")}", fix);
    }

    private JsonNode? Refuse(Node node, FieldContext context)
    {
        context.Mismatch(node, Expected, $"write `{Fields[0].Name}: …` and other fields below it, indented");
        return null;
    }
}
