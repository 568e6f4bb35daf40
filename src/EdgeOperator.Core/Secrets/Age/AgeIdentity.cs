using System.Diagnostics;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>What opens files that are encrypted for its recipient: a private X25519 key, written <c>AGE-SECRET-KEY-1…</c>. Its text form never shows the key.</summary>
[DebuggerDisplay("{Recipient}")]
public sealed class AgeIdentity
{
    private const string Prefix = "age-secret-key-";

    private readonly byte[] _key;

    private AgeIdentity(byte[] key)
    {
        _key = key;
        var point = new byte[X25519.PointSize];
        X25519.ScalarMultBase(key, 0, point, 0);
        Recipient = new(point);
    }

    public AgeRecipient Recipient { get; }

    public static AgeIdentity Generate() => new(RandomNumberGenerator.GetBytes(X25519.ScalarSize));

    /// <summary>Null unless the text is an X25519 identity in upper case, as age writes it.</summary>
    public static AgeIdentity? Parse(string text) =>
        text.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal) && Bech32.Decode(text, Prefix) is { Length: X25519.ScalarSize } key ? new(key) : null;

    /// <summary>The key itself, for the file that it is kept in.</summary>
    public string Reveal() => Bech32.Encode(Prefix, _key).ToUpperInvariant();

    public override string ToString() => $"the identity of {Recipient}";

    /// <summary>X25519 with a public key.</summary>
    /// <returns>Null for a point of small order, which no honest file holds.</returns>
    internal byte[]? Agree(byte[] point)
    {
        var shared = new byte[X25519.PointSize];
        return X25519.CalculateAgreement(_key, 0, point, 0, shared, 0) ? shared : null;
    }
}
