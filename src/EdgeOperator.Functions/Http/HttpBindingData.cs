using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// What functions and binding expressions such as <c>{id}</c> know of a request, as in the cloud: properties of a JSON
/// body of up to 1 MiB, query values over those, route parameters over both; and <c>Query</c> and <c>Headers</c> as a whole.
/// </summary>
internal static class HttpBindingData
{
    /// <summary>Bytes. Its parts take many times as much memory as the text, in the host and in the worker that gets them.</summary>
    private const int LongestBody = 1024 * 1024;

    public static JsonObject Of(HttpInput input)
    {
        var data = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        foreach (var (name, value) in Body(input.Body))
        {
            data[name] = value;
        }

        var query = Joined(input.Query);
        foreach (var (name, value) in query.Where(q => !IsKey(q.Key)))
        {
            data[name] = value?.DeepClone();
        }

        (data["Query"], data["Headers"]) = (query, Joined(input.Headers));
        foreach (var (name, value) in input.Parameters)
        {
            data[name] = value;
        }

        return data;
    }

    /// <summary>The query's <c>code</c> is a key of the host's, and nothing that a function binds to.</summary>
    public static bool IsKey(string query) => query.Equals("code", StringComparison.OrdinalIgnoreCase);

    // Lists are left out; what is no object or list is text, whatever its type.
    private static KeyValuePair<string, JsonNode?>[] Body(ReadOnlyMemory<byte>? body)
    {
        if (body is not { Length: > 0 and <= LongestBody } bytes || !bytes.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(bytes.Span) is JsonObject json
                ? [.. json.Where(p => p.Value is not JsonArray).Select(p => KeyValuePair.Create(p.Key, Flat(p.Value)))]
                : [];
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // No JSON after all, a name written twice, or no UTF-8: the body is the function's own matter.
            return [];
        }
    }

    private static JsonNode? Flat(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        JsonValueKind.Object => value.DeepClone(),
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        _ => value.ToString(),
    };

    private static JsonObject Joined(IEnumerable<KeyValuePair<string, string>> values)
    {
        var all = new JsonObject();
        foreach (var (name, value) in values)
        {
            all[name] = all[name] is { } before ? $"{before},{value}" : value;
        }

        return all;
    }
}
