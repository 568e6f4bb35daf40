using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeOperator.Platform.Logging;

/// <summary>One JSON object a line: time, level, category, event, message, scopes by name, exception.</summary>
public sealed class JsonLine : ILineFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Format(in LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.At.UtcDateTime);
            json.WriteString("level", entry.Level.ToString().ToLowerInvariant());
            json.WriteString("category", entry.Category);
            json.WriteNumber("event", entry.Event.Id);
            json.WriteString("message", entry.Message);
            foreach (var scope in entry.Scopes.DistinctBy(s => s.Key))
                json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(scope.Key), scope.Value?.ToString());

            if (entry.Exception is not null)
                json.WriteString("exception", entry.Exception.ToString());

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
