using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// The answer to a request, from what its function returned. As in the cloud, an object is the answer itself when it has
/// a <c>body</c>, or nothing but an answer's fields; anything else becomes the body, and no output at all is 204.
/// </summary>
internal static class FunctionAnswer
{
    private const string Json = "application/json; charset=utf-8";
    private const string PlainText = "text/plain; charset=utf-8";
    private static readonly string[] Fields = ["status", "statusCode", "headers", "body", "isRaw", "enableContentNegotiation"];

    public static HttpOutput Of(FunctionDefinition function, InvocationResult result) =>
        Output(function, result) is { } value ? Of(value) : Empty(204);

    public static HttpOutput Empty(int status) => new(status, [], [], default);

    private static Value? Output(FunctionDefinition function, InvocationResult result)
    {
        var output = function.Bindings.FirstOrDefault(b =>
            b.Type.Equals("http", StringComparison.OrdinalIgnoreCase) && b.Direction != BindingDirection.In);
        return output is null ? null
            : output.Name == Binding.Return ? result.ReturnValue
            : result.Outputs.GetValueOrDefault(output.Name);
    }

    private static HttpOutput Of(Value value) => value switch
    {
        Value.Response response => response.Content,
        Value.Json { Content: null } => Empty(204),
        Value.Json { Content: JsonObject json } when IsAnswer(json) => Read(json),
        Value.Json json => With(200, [], json.Content),
        Value.Text text => TryParse(text.Content) is { } node and (JsonObject or JsonArray) ? Of(new Value.Json(node)) : With(200, [], text.Content),
        Value.Bytes bytes => new(200, [KeyValuePair.Create("Content-Type", "application/octet-stream")], [], bytes.Content),
        _ => Empty(204),
    };

    private static bool IsAnswer(JsonObject json) =>
        Field(json, "body") is not null || json.Count > 0 && json.All(p => Fields.Contains(p.Key, StringComparer.OrdinalIgnoreCase)) && Status(json) is not null;

    private static HttpOutput Read(JsonObject json) => With(
        Status(json) ?? 200,
        [.. (Field(json, "headers") as JsonObject ?? []).SelectMany(Header)],
        Field(json, "body"));

    private static HttpOutput With(int status, ImmutableArray<KeyValuePair<string, string>> headers, JsonNode? body)
    {
        var text = body is JsonValue value && value.TryGetValue<string>(out var content) ? content : null;
        var type = text is null ? Json : PlainText;
        return new(
            status,
            body is null || headers.Any(h => h.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) ? headers : [.. headers, KeyValuePair.Create("Content-Type", type)],
            [],
            body is null ? default : Encoding.UTF8.GetBytes(text ?? body.ToJsonString()));
    }

    private static IEnumerable<KeyValuePair<string, string>> Header(KeyValuePair<string, JsonNode?> header) => header.Value switch
    {
        JsonArray many => many.Select(v => KeyValuePair.Create(header.Key, v?.ToString() ?? "")),
        { } one => [KeyValuePair.Create(header.Key, one.ToString())],
        null => [],
    };

    private static int? Status(JsonObject json) =>
        int.TryParse((Field(json, "statusCode") ?? Field(json, "status"))?.ToString(), out var status) && status is >= 100 and <= 999 ? status : null;

    private static JsonNode? Field(JsonObject json, string name) =>
        json.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() is ['{' or '[', ..] ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
