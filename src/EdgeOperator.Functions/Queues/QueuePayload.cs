using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Queues;

/// <summary>What a queue's function gets, and what an output writes.</summary>
internal static class QueuePayload
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Text, or bytes where the binding asks for them or the message is no text.</summary>
    public static Value Value(Binding trigger, QueueMessage message) =>
        !"binary".Equals(trigger.Text("dataType"), StringComparison.OrdinalIgnoreCase) && Text(message.Body) is { } text
            ? new Value.Text(text)
            : new Value.Bytes(message.Body);

    /// <summary>The message's own data, named as in https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#message-metadata.</summary>
    /// <remarks>With the properties of its text; but not for a worker that makes the SDK's own type of it, out of what is said here.</remarks>
    public static JsonObject Metadata(Binding trigger, QueueMessage message, Value value) =>
        trigger.IsDeferred ? Metadata(message) : PayloadProperties.AddTo(Metadata(message), value);

    private static JsonObject Metadata(QueueMessage message) => new()
    {
        ["queueTrigger"] = Text(message.Body) ?? Convert.ToBase64String(message.Body.Span),
        ["Id"] = message.Id,
        ["PopReceipt"] = message.Receipt,
        ["DequeueCount"] = message.DequeueCount,
        ["InsertionTime"] = Time(message.Inserted),
        ["ExpirationTime"] = Time(message.Expires),
        ["NextVisibleTime"] = Time(message.NextVisible),
    };

    /// <summary>The messages of an output: one, or those of an array; none for null.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Messages(Value value) => value switch
    {
        Invoking.Value.Bytes bytes => [bytes.Content],
        Invoking.Value.Text text => Parse(text.Content) is JsonArray array ? array.SelectMany(One) : [Encoding.UTF8.GetBytes(text.Content)],
        Invoking.Value.Json { Content: JsonArray array } => array.SelectMany(One),
        Invoking.Value.Json json => One(json.Content),
        _ => throw new IOException("An HTTP answer can't be sent to a queue"),
    };

    private static IEnumerable<ReadOnlyMemory<byte>> One(JsonNode? node) => node switch
    {
        null => [],
        JsonValue value when value.TryGetValue<string>(out var text) => [Encoding.UTF8.GetBytes(text)],
        _ => [Encoding.UTF8.GetBytes(node.ToJsonString())],
    };

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() is ['[', ..] ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(ReadOnlyMemory<byte> body)
    {
        try
        {
            return Strict.GetString(body.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
