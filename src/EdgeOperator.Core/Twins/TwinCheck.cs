using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>Checks keys, values and depth of what somebody wants to write into a section.</summary>
public static class TwinCheck
{
    /// <returns>The first problem; null when everything is allowed.</returns>
    public static TwinProblem? Find(TwinSection section, JsonObject content) => Find(content, PathOf(section), 0);

    /// <returns>Null when the section is small enough.</returns>
    public static TwinProblem? FindSize(TwinSection section, JsonObject merged)
    {
        var size = TwinSize.Of(merged);
        var limit = TwinLimits.SizeOf(section);
        return size <= limit ? null : new(PathOf(section), $"the size would be {size} bytes, and at most {limit} bytes are allowed", IsSize: true);
    }

    public static string PathOf(TwinSection section) => section switch
    {
        TwinSection.Tags => "tags",
        TwinSection.Desired => "properties.desired",
        _ => "properties.reported",
    };

    private static TwinProblem? Find(JsonNode? value, string path, int depth)
    {
        if (value is JsonObject or JsonArray && depth > TwinLimits.Depth)
            return new(path, $"the value is nested deeper than {TwinLimits.Depth} levels");
        return value switch
        {
            JsonObject map => map.Select(entry => FindKey(entry.Key, path) ?? Find(entry.Value, $"{path}.{entry.Key}", depth + 1)).FirstOrDefault(p => p is not null),
            JsonArray list => list.Select((item, i) => Find(item, $"{path}[{i}]", depth + 1)).FirstOrDefault(p => p is not null),
            JsonValue scalar => FindScalar(scalar, path),
            _ => null,
        };
    }

    private static TwinProblem? FindKey(string key, string path) => key switch
    {
        "" => new(path, "a key is empty"),
        _ when Encoding.UTF8.GetByteCount(key) > TwinLimits.KeySize => new(path, $"the key {key[..32]}… is longer than {TwinLimits.KeySize} bytes"),
        _ when key.FirstOrDefault(IsForbidden) is var forbidden and not '\0' || key.Contains('\0') =>
            new(path, $"the key {Printable(key)} holds a character that is not allowed in keys (control characters, '.', '$' and space)"),
        _ => null,
    };

    private static bool IsForbidden(char character) => char.IsControl(character) || character is '.' or '$' or ' ';

    private static string Printable(string key) => $"'{string.Concat(key.Select(c => char.IsControl(c) ? '?' : c))}'";

    private static TwinProblem? FindScalar(JsonValue scalar, string path) => scalar.GetValueKind() switch
    {
        JsonValueKind.String when Encoding.UTF8.GetByteCount(scalar.GetValue<string>()) > TwinLimits.StringSize =>
            new(path, $"the string is longer than {TwinLimits.StringSize} bytes"),
        JsonValueKind.Number => FindNumber(scalar.ToJsonString(), path),
        _ => null,
    };

    private static TwinProblem? FindNumber(string number, string path)
    {
        var isInteger = number.AsSpan().IndexOfAny('.', 'e', 'E') < 0;
        if (isInteger && !(long.TryParse(number, CultureInfo.InvariantCulture, out var integer) && integer is >= TwinLimits.LeastInteger and <= TwinLimits.GreatestInteger))
            return new(path, $"the integer is outside of {TwinLimits.LeastInteger} to {TwinLimits.GreatestInteger}");
        return isInteger || double.IsFinite(double.Parse(number, CultureInfo.InvariantCulture)) ? null : new(path, "the number is too large");
    }
}
