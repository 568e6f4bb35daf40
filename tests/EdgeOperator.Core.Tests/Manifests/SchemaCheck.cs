using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>Checks values against JSON Schema: the keywords that the language's schemas use, and an error for any other.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description", "default", "examples", "then", "else"];

    public static IEnumerable<string> Complaints(JsonObject root, JsonNode? value) => Check(root, root, value, "");

    private static IEnumerable<string> Check(JsonObject root, JsonNode? schema, JsonNode? value, string path)
    {
        if (schema is JsonValue flag)
            return flag.GetValue<bool>() ? [] : [$"{path}: not allowed"];
        return schema!.AsObject().Where(k => !Annotations.Contains(k.Key)).SelectMany(k => Keyword(root, schema.AsObject(), k.Key, k.Value!, value, path));
    }

    private static IEnumerable<string> Keyword(JsonObject root, JsonObject schema, string keyword, JsonNode rule, JsonNode? value, string path)
    {
        bool Fits(JsonNode? inner) => !Check(root, inner, value, path).Any();
        var map = value as JsonObject;
        var list = value as JsonArray;
        var text = value?.GetValueKind() == JsonValueKind.String ? value.ToString() : null;
        var number = value?.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToString()) : (double?)null;
        return keyword switch
        {
            "$ref" => Check(root, root["$defs"]![rule.ToString().Split('/')[^1]], value, path),
            "type" => Unless((rule as JsonArray ?? [rule.DeepClone()]).Any(t => IsOfType(t!.ToString(), value)), $"{path}: not {rule.ToJsonString()}"),
            "enum" => Unless(rule.AsArray().Any(r => JsonNode.DeepEquals(r, value)), $"{path}: not in {rule.ToJsonString()}"),
            "const" => Unless(JsonNode.DeepEquals(rule, value), $"{path}: not {rule.ToJsonString()}"),
            "pattern" => Unless(text is null || Regex.IsMatch(text, rule.ToString()), $"{path}: no match"),
            "minLength" => Unless(text is null || text.Length >= int.Parse(rule.ToString()), $"{path}: too short"),
            "maxLength" => Unless(text is null || text.Length <= int.Parse(rule.ToString()), $"{path}: too long"),
            "minimum" => Unless(number is null || number >= double.Parse(rule.ToString()), $"{path}: too small"),
            "maximum" => Unless(number is null || number <= double.Parse(rule.ToString()), $"{path}: too large"),
            "minItems" => Unless(list is null || list.Count >= int.Parse(rule.ToString()), $"{path}: too few"),
            "required" => Unless(map is null || rule.AsArray().All(r => map.ContainsKey(r!.ToString())), $"{path}: lacks one of {rule.ToJsonString()}"),
            "properties" => (map ?? []).Where(p => rule[p.Key] is not null).SelectMany(p => Check(root, rule[p.Key], p.Value, $"{path}/{p.Key}")),
            "additionalProperties" => (map ?? []).Where(p => schema["properties"]?[p.Key] is null).SelectMany(p => Check(root, rule, p.Value, $"{path}/{p.Key}")),
            "propertyNames" => (map ?? []).SelectMany(p => Check(root, rule, JsonValue.Create(p.Key), $"{path}/{p.Key}")),
            "items" => (list ?? []).SelectMany((item, i) => Check(root, rule, item, $"{path}/{i}")),
            "allOf" => rule.AsArray().SelectMany(r => Check(root, r, value, path)),
            "anyOf" => Unless(rule.AsArray().Any(Fits), $"{path}: fits none"),
            "oneOf" => Unless(rule.AsArray().Count(Fits) == 1, $"{path}: fits not just one"),
            "not" => Unless(!Fits(rule), $"{path}: fits"),
            "if" => Check(root, (Fits(rule) ? schema["then"] : schema["else"]) ?? true, value, path),
            _ => throw new NotSupportedException(keyword),
        };
    }

    private static string[] Unless(bool fine, string complaint) => fine ? [] : [complaint];

    private static bool IsOfType(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToString(), out _),
        _ => false,
    };
}
