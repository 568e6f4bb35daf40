using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeOperator.Platform.Files;

/// <summary>A JSON value with its SHA-256 beside it, so that damage which is still JSON is noticed, too.</summary>
public static class ChecksummedJson
{
    private const string Checksum = "sha256";
    private const string Content = "content";

    public static byte[] Encode<T>(T value, JsonTypeInfo<T> type)
    {
        var content = JsonSerializer.Serialize(value, type);
        return Encoding.UTF8.GetBytes($"{{\"{Checksum}\":\"{HashOf(content)}\",\"{Content}\":{content}}}\n");
    }

    /// <summary>Reads what <see cref="Encode"/> wrote, and the bare value, as it was written before there were checksums.</summary>
    /// <exception cref="JsonException">It is not what was written.</exception>
    public static T Decode<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(Checksum, out var checksum) && value.TryGetProperty(Content, out var content))
        {
            if (checksum.ValueKind != JsonValueKind.String || checksum.GetString() != HashOf(content.GetRawText()))
                throw new JsonException("its checksum does not match its content");
            value = content;
        }

        return value.Deserialize(type) ?? throw new JsonException("it is empty");
    }

    private static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
