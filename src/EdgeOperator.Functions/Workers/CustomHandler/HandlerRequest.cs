using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>
/// What is posted to a custom handler: <c>{"Data": {…}, "Metadata": {…}}</c>. As the cloud writes it: an object is an
/// object, and whatever else there is (a text, too) is JSON within a text.
/// </summary>
internal static class HandlerRequest
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions PlainText = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static HttpContent Of(Invocation invocation, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, Plain);
        LongText? body = null;
        json.WriteStartObject();
        json.WriteStartObject("Data");
        foreach (var (name, value) in invocation.Arguments)
        {
            json.WritePropertyName(name);
            body = Write(json, value, buffer) ?? body;
        }

        json.WriteEndObject();
        json.WriteStartObject("Metadata");
        WriteMetadata(json, invocation, now);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return new HandlerContent(buffer.WrittenMemory, body);
    }

    /// <returns>The request's body, which is not written but left out; null where there is none.</returns>
    private static LongText? Write(Utf8JsonWriter json, Value value, ArrayBufferWriter<byte> buffer)
    {
        switch (value)
        {
            case Value.Request request:
                return WriteRequest(json, request.Content, buffer);
            case Value.Json { Content: JsonObject content }:
                content.WriteTo(json);
                break;
            case Value.Json { Content: var content }:
                json.WriteStringValue(content?.ToJsonString(PlainText) ?? "null");
                break;
            case Value.Text text:
                json.WriteStringValue(Quoted(text.Content));
                break;
            case Value.Bytes bytes:
                json.WriteBase64StringValue(bytes.Content.Span);
                break;
            default:
                json.WriteStringValue("null");
                break;
        }

        return null;
    }

    private static LongText? WriteRequest(Utf8JsonWriter json, HttpInput request, ArrayBufferWriter<byte> buffer)
    {
        json.WriteStartObject();
        json.WriteString("Url", request.Url);
        json.WriteString("Method", request.Method);
        json.WriteStartObject("Query");
        foreach (var query in request.Query.GroupBy(q => q.Key, q => q.Value, StringComparer.OrdinalIgnoreCase))
        {
            json.WriteString(query.Key, string.Join(',', query));
        }

        json.WriteEndObject();
        json.WriteStartObject("Headers");
        foreach (var header in request.Headers.GroupBy(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase))
        {
            json.WriteStartArray(header.Key);
            foreach (var value in header)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartObject("Params");
        foreach (var (name, value) in request.Parameters)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("Identities");
        json.WriteEndArray();
        var body = WriteBody(json, request, buffer);
        json.WriteEndObject();
        return body;
    }

    // Escaped, it may be six times as long: it is written as it is sent.
    private static LongText? WriteBody(Utf8JsonWriter json, HttpInput request, ArrayBufferWriter<byte> buffer)
    {
        if (request.Body is not { } body)
        {
            return null;
        }

        var type = request.Headers.FirstOrDefault(h => h.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        var isBinary = type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
        json.WriteString("Body", "");
        json.Flush();
        return new(buffer.WrittenCount - 1, body, isBinary);
    }

    private static void WriteMetadata(Utf8JsonWriter json, Invocation invocation, DateTimeOffset now)
    {
        foreach (var (name, value) in invocation.Metadata)
        {
            // The trigger's value is in the data already.
            if (value is not null && name != "sys" && !name.EndsWith("trigger", StringComparison.OrdinalIgnoreCase))
            {
                json.WritePropertyName(name);
                WriteMetadata(json, name, value);
            }
        }

        json.WriteStartObject("sys");
        json.WriteString("MethodName", invocation.Function.Name);
        json.WriteString("UtcNow", now.UtcDateTime.ToString("o"));
        json.WriteString("RandGuid", Guid.NewGuid().ToString());
        json.WriteEndObject();
        if (invocation.RetryCount > 0)
        {
            json.WriteStartObject("RetryContext");
            json.WriteNumber("RetryCount", invocation.RetryCount);
            json.WriteNumber("MaxRetryCount", invocation.Function.Retry?.MaximumRetries ?? 0);
            json.WriteEndObject();
        }
    }

    // Times stand for themselves, objects too; texts and numbers are JSON within a text.
    private static void WriteMetadata(Utf8JsonWriter json, string name, JsonNode value)
    {
        switch (value)
        {
            case JsonObject content:
                content.WriteTo(json);
                break;
            case JsonValue time when name.EndsWith("Time", StringComparison.OrdinalIgnoreCase):
                time.WriteTo(json);
                break;
            default:
                json.WriteStringValue(value.ToJsonString(PlainText));
                break;
        }
    }

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString(PlainText);
}
