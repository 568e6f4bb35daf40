using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// A section's size by IoT Hub's counting: keys and strings by their length in UTF-8 without control characters, numbers
/// 8, booleans 4, objects and arrays the sum of what they hold. <c>$version</c> and <c>$metadata</c> are no part of it.
/// </summary>
public static class TwinSize
{
    public static int Of(JsonNode? value) => value switch
    {
        null => 0,
        JsonObject map => map.Sum(entry => Of(entry.Key) + Of(entry.Value)),
        JsonArray list => list.Sum(Of),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => Of(value.GetValue<string>()),
            JsonValueKind.Number => 8,
            _ => 4,
        },
    };

    private static int Of(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        foreach (var character in text)
            if (char.IsControl(character))
                size -= character < 0x80 ? 1 : 2;
        return size;
    }
}
