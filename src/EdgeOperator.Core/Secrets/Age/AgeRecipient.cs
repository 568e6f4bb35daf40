using Org.BouncyCastle.Math.EC.Rfc7748;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>Whom a file is encrypted for: a public X25519 key, written <c>age1…</c>.</summary>
public sealed class AgeRecipient : IEquatable<AgeRecipient>
{
    internal const string Prefix = "age";

    private readonly byte[] _key;

    /// <param name="key">32 bytes.</param>
    internal AgeRecipient(byte[] key) => _key = key.Length == X25519.PointSize ? key : throw new ArgumentException("A key has 32 bytes.", nameof(key));

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>Null unless the text is an X25519 recipient: <c>age1…</c>, 62 characters.</summary>
    public static AgeRecipient? Parse(string text) =>
        Bech32.Decode(text, Prefix) is { Length: X25519.PointSize } key && text.StartsWith(Prefix, StringComparison.Ordinal) ? new(key) : null;

    public bool Equals(AgeRecipient? other) => other is not null && _key.AsSpan().SequenceEqual(other._key);

    public override bool Equals(object? obj) => Equals(obj as AgeRecipient);

    public override int GetHashCode() => BitConverter.ToInt32(_key);

    public override string ToString() => Bech32.Encode(Prefix, _key);
}
