using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Output;

/// <summary>A JSON tree as text, with a line end.</summary>
internal static class JsonText
{
    /// <param name="indented">Over several lines for people; otherwise one line, for a stream of them.</param>
    public static string Render(JsonNode? root, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            if (root is null)
                writer.WriteNullValue();
            else
                root.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
