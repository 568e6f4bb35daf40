using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeOperator.Platform.Logging;

/// <summary>
/// One JSON object a line: time, level, category, event, message, scopes by name, trace, exception. Whoever shows a journal shows it on a terminal:
/// characters that one could act on, or shows nothing for, are there as JSON's own escapes, so that nothing is lost.
/// </summary>
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

            if (entry.Trace.TraceId != default(ActivityTraceId))
            {
                json.WriteString("traceId", entry.Trace.TraceId.ToHexString());
                json.WriteString("spanId", entry.Trace.SpanId.ToHexString());
            }

            if (entry.Exception is not null)
                json.WriteString("exception", entry.Exception.ToString());

            json.WriteEndObject();
        }

        return Escaped(Encoding.UTF8.GetString(buffer.WrittenSpan)) + "\n";
    }

    // What is not ASCII is within a text of the JSON, and there an escape means the same.
    private static string Escaped(string json)
    {
        if (Ascii.IsValid(json))
            return json;

        var text = new StringBuilder(json.Length + 16);
        foreach (var rune in json.EnumerateRunes())
        {
            if (!IsUnsafe(rune))
                text.Append(rune.ToString());
            else
                foreach (var unit in rune.ToString())
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return text.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
