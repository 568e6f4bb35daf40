using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.App;

/// <summary>
/// An app's JSON as the cloud's reader takes it: with comments, trailing commas and a byte order mark, and of keys
/// written twice the last one counts.
/// </summary>
internal static class LenientJson
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <param name="name">What messages call the file.</param>
    /// <exception cref="AppException">It can't be read, or is no JSON object.</exception>
    public static JsonObject Read(string path, string name) => ReadAny(path, name) as JsonObject ?? throw new AppException($"{name} must hold a JSON object");

    /// <summary>Reads an object, a list or a value.</summary>
    /// <exception cref="AppException">It can't be read, or is no JSON.</exception>
    public static JsonNode? ReadAny(string path, string name)
    {
        try
        {
            return ParseAny(ReferencedFile.ReadText(path), name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AppException($"{name} can't be read: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Read"/>
    public static JsonObject Parse(string text, string name) =>
        ParseAny(text, name) as JsonObject ?? throw new AppException($"{name} must hold a JSON object");

    private static JsonNode? ParseAny(string text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            return NodeOf(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new AppException($"{name}:{e.LineNumber + 1}:{e.BytePositionInLine + 1} is no JSON: {e.Message.Split(" LineNumber")[0]}", e);
        }
    }

    private static JsonObject ObjectOf(JsonElement element)
    {
        var copy = new JsonObject();
        foreach (var property in element.EnumerateObject())
        {
            copy[property.Name] = NodeOf(property.Value);
        }

        return copy;
    }

    private static JsonNode? NodeOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ObjectOf(element),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(NodeOf)]),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(element.Clone()),
    };
}
