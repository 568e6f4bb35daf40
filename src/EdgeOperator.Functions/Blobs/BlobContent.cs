using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Blobs;

/// <summary>A blob's content as the value of a binding, and back.</summary>
internal static class BlobContent
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Text where the binding's <c>dataType</c> is <c>string</c>, bytes otherwise.</summary>
    public static Value Of(Binding binding, ReadOnlyMemory<byte> content) =>
        "string".Equals(binding.Text("dataType"), StringComparison.OrdinalIgnoreCase)
            ? new Value.Text(Encoding.UTF8.GetString(content.Span))
            : new Value.Bytes(content);

    /// <summary>The content that an output writes; null for none.</summary>
    /// <exception cref="IOException">The value can't be written to a blob.</exception>
    public static ReadOnlyMemory<byte>? Of(Value value) => value switch
    {
        Value.Bytes bytes => bytes.Content,
        Value.Text text => Encoding.UTF8.GetBytes(text.Content),
        Value.Json { Content: null } => (ReadOnlyMemory<byte>?)null,
        Value.Json { Content: JsonValue json } when json.TryGetValue<string>(out var text) => Encoding.UTF8.GetBytes(text),
        Value.Json json => Encoding.UTF8.GetBytes(json.Content.ToJsonString(Plain)),
        _ => throw new IOException("An HTTP response can't be written to a blob"),
    };
}
