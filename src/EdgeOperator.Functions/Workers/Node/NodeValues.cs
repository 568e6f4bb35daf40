using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>Values in the worker's JSON.</summary>
internal static class NodeValues
{
    public static NodeData From(Value value) => value switch
    {
        Value.Text text => new() { Text = text.Content },
        Value.Json json => new() { Json = json.Content },
        Value.Bytes bytes => new() { Bytes = bytes.Content },
        Value.Missing => new(),
        Value.Request request => new() { Http = From(request.Content) },
        _ => throw new NotSupportedException($"A {value.GetType().Name} is no input."),
    };

    /// <summary>Strings stay strings: the library tries them as JSON itself.</summary>
    public static NodeData From(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? new() { Text = value.GetValue<string>() } : new() { Json = node };

    public static Value To(NodeData data)
    {
        if (data.Http is { } http)
        {
            return new Value.Response(To(http));
        }

        if (data.Text is not null)
        {
            return new Value.Text(data.Text);
        }

        return data.Bytes is { } bytes ? new Value.Bytes(bytes) : new Value.Json(data.Json);
    }

    private static NodeHttp From(HttpInput request) => new()
    {
        Method = request.Method,
        Url = request.Url,
        Headers = [.. request.Headers.Select(h => new[] { h.Key, h.Value })],
        Params = request.Parameters,
        Body = request.Body,
    };

    private static HttpOutput To(NodeHttp answer)
    {
        var headers = answer.Headers.Where(h => h.Length == 2).ToLookup(h => h[0] == "set-cookie");
        return new(
            answer.Status ?? 200,
            [.. headers[false].Select(h => KeyValuePair.Create(h[0], h[1]))],
            [.. headers[true].Select(h => h[1])],
            answer.Body ?? ReadOnlyMemory<byte>.Empty);
    }
}
