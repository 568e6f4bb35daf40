using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Google.Protobuf;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>Values as the protocol's <c>TypedData</c>, and back.</summary>
internal static class TypedValues
{
    public static TypedData From(Value value, RpcCapabilities capabilities) => value switch
    {
        Value.Text text => new() { String = text.Content },
        Value.Json json => new() { Json = Text(json.Content) },
        Value.Missing => new(),
        Value.Bytes bytes => new() { Bytes = ByteString.CopyFrom(bytes.Content.Span) },
        Value.Model model => new() { ModelBindingData = Model(model.Source, model.Content) },
        Value.Request request => new() { Http = RpcHttpValues.From(request.Content, capabilities) },
        _ => throw new NotSupportedException($"A {value.GetType().Name} is no input."),
    };

    /// <summary>Metadata: strings as they are, everything else as JSON.</summary>
    public static TypedData From(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? new() { String = value.GetValue<string>() } : new() { Json = Text(node) };

    /// <returns>Null for nothing.</returns>
    public static Value? To(TypedData? data) => data?.DataCase switch
    {
        TypedData.DataOneofCase.String => new Value.Text(data.String),
        TypedData.DataOneofCase.Json => Json(data.Json),
        TypedData.DataOneofCase.Bytes => new Value.Bytes(data.Bytes.Memory),
        TypedData.DataOneofCase.Stream => new Value.Bytes(data.Stream.Memory),
        TypedData.DataOneofCase.Http => new Value.Response(RpcHttpValues.To(data.Http)),
        TypedData.DataOneofCase.Int => new Value.Json(JsonValue.Create(data.Int)),
        TypedData.DataOneofCase.Double => new Value.Json(JsonValue.Create(data.Double)),
        TypedData.DataOneofCase.CollectionString => Array(data.CollectionString.String.Select(s => (JsonNode?)JsonValue.Create(s))),
        TypedData.DataOneofCase.CollectionBytes => Array(data.CollectionBytes.Bytes.Select(b => (JsonNode?)JsonValue.Create(b.ToBase64()))),
        TypedData.DataOneofCase.CollectionDouble => Array(data.CollectionDouble.Double.Select(d => (JsonNode?)JsonValue.Create(d))),
        TypedData.DataOneofCase.CollectionSint64 => Array(data.CollectionSint64.Sint64.Select(i => (JsonNode?)JsonValue.Create(i))),
        _ => null,
    };

    /// <summary>The bytes of an answer's body.</summary>
    public static ReadOnlyMemory<byte> Bytes(TypedData? data) => To(data) switch
    {
        Value.Bytes bytes => bytes.Content,
        Value.Text text => System.Text.Encoding.UTF8.GetBytes(text.Content),
        Value.Json json => System.Text.Encoding.UTF8.GetBytes(data!.DataCase == TypedData.DataOneofCase.Json ? data.Json : Text(json.Content)),
        _ => ReadOnlyMemory<byte>.Empty,
    };

    /// <summary>As the SDK's extensions for workers read it.</summary>
    public static ModelBindingData Model(string source, JsonObject content) => new()
    {
        Version = "1.0",
        Source = source,
        ContentType = "application/json",
        Content = ByteString.CopyFromUtf8(content.ToJsonString()),
    };

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static Value.Json Array(IEnumerable<JsonNode?> items) => new(new JsonArray([.. items]));

    // Some workers call any text JSON.
    private static Value Json(string json)
    {
        try
        {
            return new Value.Json(JsonNode.Parse(json));
        }
        catch (JsonException)
        {
            return new Value.Text(json);
        }
    }
}
