using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.Invoking;

/// <summary>
/// The properties of a trigger's value that is a JSON object: as in the cloud, functions and binding expressions know them by name, before what
/// the trigger itself says under the same name.
/// </summary>
internal static class PayloadProperties
{
    /// <summary>Bytes. Its parts take many times as much memory as the text, in the host and in the worker that gets them.</summary>
    private const int LongestPayload = 1024 * 1024;

    /// <summary>Lists are left out; what is no object is text, whatever its type. None of what is no JSON object, or longer than 1 MiB.</summary>
    public static KeyValuePair<string, JsonNode?>[] Of(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > LongestPayload || !payload.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(payload) is JsonObject json
                ? [.. json.Where(p => p.Value is not JsonArray).Select(p => KeyValuePair.Create(p.Key, Flat(p.Value)))]
                : [];
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // No JSON after all, a name written twice, or no UTF-8: the payload is the function's own matter.
            return [];
        }
    }

    /// <summary>Adds those of a value that a function gets as text.</summary>
    public static JsonObject AddTo(JsonObject metadata, Value value)
    {
        if (value is not Value.Text text)
        {
            return metadata;
        }

        var all = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())), new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        foreach (var (name, property) in Of(Encoding.UTF8.GetBytes(text.Content)).Where(p => p.Value is not null))
        {
            all[name] = property;
        }

        return all;
    }

    private static JsonNode? Flat(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        JsonValueKind.Object => value.DeepClone(),
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        _ => value.ToString(),
    };
}
