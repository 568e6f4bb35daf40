using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>The tables of fields in <c>manifests/README.md</c>, made of the same descriptions as the checks.</summary>
internal static partial class ReferencePage
{
    /// <summary>The page with its tables as they should be.</summary>
    public static string Renew(string page) => Region().Replace(page, match =>
    {
        var spec = JsonSchema.For(RegisteredKinds.All.Manifests, match.Groups["kind"].Value)!["properties"]!["spec"]!;
        var table = new StringBuilder("| field | type | default | |\n|---|---|---|---|\n");
        AddFields(table, "", spec.AsObject());
        return $"<!-- fields: {match.Groups["kind"].Value} -->\n{table}<!-- end -->";
    });

    private static void AddFields(StringBuilder table, string prefix, JsonObject schema)
    {
        var required = schema["required"]?.AsArray().Select(name => (string)name!).ToHashSet() ?? [];
        foreach (var (name, value) in schema["properties"]!.AsObject())
        {
            var field = value!.AsObject();
            var path = prefix + name;
            var fallback = required.Contains(name) ? "*required*" : field["default"] is { } given and not JsonObject { Count: 0 } and not JsonArray { Count: 0 } ? $"`{Plain(given)}`" : "";
            table.Append($"| `{path}` | {Type(field)} | {fallback} | {((string)field["description"]!).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            if (Inner(field, path) is { } inner)
                AddFields(table, inner.Prefix, inner.Schema);
        }
    }

    // The mapping form of a field that has fields of its own.
    private static (string Prefix, JsonObject Schema)? Inner(JsonObject field, string path) =>
        Forms(field).Select<JsonObject, (string, JsonObject)?>(form => form switch
        {
            _ when form["properties"] is not null => ($"{path}.", form),
            _ when form["items"] is JsonObject items && Forms(items).FirstOrDefault(i => i["properties"] is not null) is { } item => ($"{path}[].", item),
            _ => null,
        }).FirstOrDefault(inner => inner is not null);

    private static string Type(JsonObject schema) => string.Join(" or ", Forms(schema).Select(FormType).Where(type => type.Length > 0).Distinct());

    private static string FormType(JsonObject form) => form switch
    {
        _ when form["enum"] is JsonArray words => string.Join(", ", words.Select(word => $"`{Plain(word)}`")),
        _ when form["type"] is JsonArray { Count: 3 } => "text",
        _ when ((string?)form["pattern"])?.Contains("(ms|s|m|h|d)", StringComparison.Ordinal) == true => "duration",
        _ when form["type"] is JsonArray types => string.Join(" or ", types.Select(type => (string)type!)),
        _ when (string?)form["type"] == "array" => $"list of {Type(form["items"]!.AsObject())}",
        _ when (string?)form["type"] == "object" => form["properties"] is null ? "map" : "mapping",
        _ when (string?)form["type"] == "integer" && form["maximum"] is { } maximum => $"integer, {form["minimum"] ?? 0} to {maximum}",
        _ when form["type"] is { } type => $"{type}{Example(form)}",
        _ => "",
    };

    private static string Example(JsonObject form) => form["examples"] is JsonArray { Count: > 0 } examples ? $" such as `{Plain(examples[0])}`" : "";

    // Without the form that every value has, a variable.
    private static IEnumerable<JsonObject> Forms(JsonObject schema) => schema["anyOf"] is JsonArray forms
        ? forms.Select(form => form!.AsObject()).Where(form => (string?)form["pattern"] != @"\$\{").SelectMany(Forms)
        : [schema];

    private static string Plain(JsonNode? value) => value is JsonValue plain && plain.TryGetValue(out string? text) && text.Length > 0 ? text : value!.ToJsonString();

    [GeneratedRegex(@"<!-- fields: (?<kind>\w+) -->.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Region();
}
