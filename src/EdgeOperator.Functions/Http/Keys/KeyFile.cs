using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Http.Keys;

/// <summary><c>keys.json</c>: hashes only, for its owner alone.</summary>
internal static class KeyFile
{
    /// <returns>Null when there is none yet.</returns>
    /// <exception cref="IOException">It is damaged.</exception>
    public static ImmutableArray<StoredKey>? Read(string path)
    {
        if (!File.Exists(path))
            return null;

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KeyJson.Default.ImmutableArrayStoredKey);
        }
        catch (JsonException damaged)
        {
            throw new IOException($"the keys can't be read ({path}): {damaged.Message} Delete the file to begin with new keys.", damaged);
        }
    }

    public static void Write(string path, ImmutableArray<StoredKey> keys) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(keys, KeyJson.Default.ImmutableArrayStoredKey));
}

/// <param name="Function">For keys of one function.</param>
/// <param name="Hash">SHA-256 of the key in UTF-8.</param>
internal sealed record StoredKey(KeyKind Kind, string? Function, string Name, byte[] Hash)
{
    [JsonIgnore]
    public KeyScope Scope => new(Kind, Function);

    public bool Is(KeyScope scope, string name) => Scope == scope && Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImmutableArray<StoredKey>))]
internal sealed partial class KeyJson : JsonSerializerContext;
