using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Http.Keys;

/// <summary><c>keys.json</c>: hashes only, for its owner alone.</summary>
internal static class KeyFile
{
    /// <returns>Null when there is none yet.</returns>
    /// <exception cref="IOException">Both copies are damaged, or can't be read now.</exception>
    public static ImmutableArray<StoredKey>? Read(string path)
    {
        var keys = StateFile.ReadEither(path, KeyJson.Default.StoredKeyArray, out var damage);
        if (keys is null && damage is null)
            return null;
        if (keys is null || !keys.All(IsWhole))
            throw new IOException($"the keys can't be read ({path}): {damage ?? "one lacks its content"}. Delete the file and {StateFile.CopyOf(path)} to begin with new keys.");
        return [.. keys];
    }

    // Files of earlier versions have no checksum.
    private static bool IsWhole(StoredKey? key) => key is { Name: not null, Hash.Length: KeyHash.Size } && key.Kind == KeyKind.Function == key.Function is not null;

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(string path, ImmutableArray<StoredKey> keys) => StateFile.WriteTwice(path, [.. keys], KeyJson.Default.StoredKeyArray);
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
[JsonSerializable(typeof(StoredKey[]))]
internal sealed partial class KeyJson : JsonSerializerContext;
