using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>Reads JSON of strangers so that all of it can be read and written again: no name twice in an object, and every text is Unicode.</summary>
/// <remarks><see cref="JsonNode"/> decodes a text when it is asked for, and throws an <see cref="InvalidOperationException"/> where half of a surrogate pair is missing.</remarks>
public static class StrictJson
{
    /// <summary>Objects and arrays inside one another.</summary>
    public const int MaxDepth = 64;

    /// <returns>Null for JSON's <c>null</c>.</returns>
    /// <exception cref="JsonException">It is not valid, too deep, has a name twice, or a text that is no Unicode.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json)
    {
        CheckTexts(json);
        return JsonNode.Parse(json, null, new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
    }

    private static void CheckTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            if (!(reader.ValueIsEscaped ? CanBeDecoded(ref reader) : Utf8.IsValid(reader.ValueSpan)))
                throw new JsonException($"a text is not valid Unicode, at byte {reader.TokenStartIndex + 1}");
        }
    }

    // Only what is escaped has to be decoded to be known.
    private static bool CanBeDecoded(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
