using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeOperator.Core.Manifests;

/// <summary>
/// The one place where specs are hashed: over their source-generated JSON, so that a new field counts without anybody naming it.
/// </summary>
internal static class SpecHash
{
    /// <summary>By reference: the copy that <c>with</c> makes has a hash of its own.</summary>
    private static readonly ConditionalWeakTable<object, string> Known = [];

    /// <summary>Equal for specs whose JSON is equal, 16 hex digits. Computed once for an object.</summary>
    public static string Of<T>(T spec, JsonTypeInfo<T> type)
        where T : class => Known.TryGetValue(spec, out var known) ? known : Keep(spec, Of(JsonSerializer.SerializeToUtf8Bytes(spec, type)));

    /// <summary>The same for a spec that is kept as canonical JSON already.</summary>
    public static string Of<T>(T spec, Func<T, string> json)
        where T : class => Known.TryGetValue(spec, out var known) ? known : Keep(spec, Of(Encoding.UTF8.GetBytes(json(spec))));

    /// <summary>A hash that is made otherwise, computed once for an object.</summary>
    public static string Once<T>(T spec, Func<T, string> hash)
        where T : class => Known.TryGetValue(spec, out var known) ? known : Keep(spec, hash(spec));

    private static string Keep(object spec, string hash)
    {
        Known.AddOrUpdate(spec, hash);
        return hash;
    }

    private static string Of(byte[] json) => Convert.ToHexStringLower(SHA256.HashData(json))[..16];
}
