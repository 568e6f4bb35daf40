using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Invoking;

/// <summary>
/// <c>{name}</c> in a binding's value: something that the trigger knows, <c>{a.b}</c> something within, <c>{sys.…}</c>
/// something of the host; or <c>{datetime:FORMAT}</c> (UTC) and <c>{rand-guid:FORMAT}</c>, as .NET has the formats.
/// </summary>
public static partial class BindingExpression
{
    /// <param name="data">What the trigger knows, by name; <see cref="BindingData"/> makes it.</param>
    /// <exception cref="FormatException">A name stands for nothing, or for something that is no text.</exception>
    public static string Resolve(string text, JsonObject data, DateTimeOffset now) =>
        text.Contains('{') ? Expression().Replace(text, match => Value(match.Groups[1].Value, data, now)) : text;

    /// <summary>The names in a text that are looked up in what the trigger knows; only the first part of <c>a.b</c>.</summary>
    public static IEnumerable<string> NamesIn(string text) => Expression().Matches(text)
        .Select(match => match.Groups[1].Value.Split(':')[0].Split('.')[0])
        .Where(name => !name.Equals("datetime", StringComparison.OrdinalIgnoreCase) && !name.Equals("rand-guid", StringComparison.OrdinalIgnoreCase));

    /// <summary>The binding with every text in it resolved.</summary>
    /// <inheritdoc cref="Resolve(string, JsonObject, DateTimeOffset)"/>
    public static Binding Resolve(Binding binding, JsonObject data, DateTimeOffset now) =>
        binding.Properties.Any(p => p.Value is JsonValue value && value.TryGetValue<string>(out var text) && text.Contains('{'))
            ? binding with { Properties = new(binding.Properties.Select(p => KeyValuePair.Create(p.Key, Resolve(p.Value, data, now)))) }
            : binding;

    private static JsonNode? Resolve(JsonNode? node, JsonObject data, DateTimeOffset now) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? JsonValue.Create(Resolve(text, data, now)) : node?.DeepClone();

    private static string Value(string expression, JsonObject data, DateTimeOffset now)
    {
        var (name, format) = expression.IndexOf(':') is > 0 and var colon ? (expression[..colon], expression[(colon + 1)..]) : (expression, null);
        return name.ToLowerInvariant() switch
        {
            "datetime" => now.UtcDateTime.ToString(format ?? "yyyy-MM-ddTHH-mm-ssK"),
            "rand-guid" => Guid.NewGuid().ToString(format),
            "sys.randguid" => Guid.NewGuid().ToString(),
            "sys.utcnow" => now.UtcDateTime.ToString("o"),
            _ => Find(data, name.Split('.')) switch
            {
                JsonValue value => value.ToString(),
                null => throw new FormatException($"{{{expression}}} stands for nothing that the trigger knows"),
                _ => throw new FormatException($"{{{expression}}} is no text but an object or a list: name a property of it"),
            },
        };
    }

    private static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            var wanted = name;
            node = (node as JsonObject)?.FirstOrDefault(p => p.Key.Equals(wanted, StringComparison.OrdinalIgnoreCase)).Value;
        }

        return node;
    }

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Expression();
}
