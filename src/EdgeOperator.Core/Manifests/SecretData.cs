using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Manifests;

/// <summary>Where a Secret's values stand: <c>spec.stringData</c> has texts, <c>spec.data</c> bytes in base64.</summary>
public static class SecretData
{
    internal const string Texts = "stringData";
    internal const string Bytes = "data";

    /// <summary>Keys are in clear.</summary>
    internal static ImmutableHashSet<string> KeysOf(MapNode document) =>
        [.. new[] { Texts, Bytes }.SelectMany(field => (document["spec"] as MapNode)?[field] is MapNode map ? map.Entries.Select(entry => entry.Key) : [])];

    /// <summary>The value of a key; null when there is none, or it is not base64 under <c>data</c>.</summary>
    public static ReadOnlyMemory<byte>? Find(IEnumerable<SopsOpened> values, int document, string key)
    {
        var found = values.FirstOrDefault(value => value.Document == document && value.Path is ["spec", Texts or Bytes, var name] && name == key);
        if (found is null || found.Path[1] == Texts)
            return found?.Bytes;
        var bytes = new byte[found.Bytes.Length];
        return Convert.TryFromBase64String(Encoding.UTF8.GetString(found.Bytes.Span), bytes, out var length) ? bytes.AsMemory(0, length) : null;
    }
}
