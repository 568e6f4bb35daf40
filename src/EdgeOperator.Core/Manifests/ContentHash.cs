using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Core.Manifests;

/// <summary>A hash over several values, each with its length, so that no two lists of values read the same.</summary>
internal sealed class ContentHash
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ContentHash Add(ReadOnlySpan<byte> content)
    {
        _hash.AppendData(BitConverter.GetBytes(content.Length));
        _hash.AppendData(content);
        return this;
    }

    /// <summary>Absence is a value too.</summary>
    public ContentHash Add(string? text)
    {
        if (text is not null)
            return Add(Encoding.UTF8.GetBytes(text));
        _hash.AppendData(BitConverter.GetBytes(-1));
        return this;
    }

    public ContentHash Add(long? number) => Add(number?.ToString(CultureInfo.InvariantCulture));

    public ContentHash Add(bool flag) => Add(flag ? 1 : 0);

    public ContentHash Add(ImmutableSortedDictionary<string, string> map) =>
        map.Aggregate(Add(map.Count), (hash, entry) => hash.Add(entry.Key).Add(entry.Value));

    /// <summary>16 hex digits, once.</summary>
    public override string ToString()
    {
        using (_hash)
            return Convert.ToHexStringLower(_hash.GetHashAndReset())[..16];
    }
}
