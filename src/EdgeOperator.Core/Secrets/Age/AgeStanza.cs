using System.Collections.Immutable;
using System.Security.Cryptography;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>A file's key, wrapped for one recipient. Types other than X25519 are read and left alone.</summary>
internal sealed record AgeStanza(string Type, ImmutableArray<string> Arguments, byte[] Body)
{
    public const string X25519 = nameof(X25519);
    public const int FileKeyLength = 16;

    private const int TagLength = 16;
    private const int KeyLength = 32;

    private static readonly byte[] NoNonce = new byte[12];

    /// <summary>Wraps a file's key.</summary>
    public static AgeStanza Wrap(ReadOnlySpan<byte> fileKey, AgeRecipient recipient)
    {
        var ephemeral = AgeIdentity.Generate();
        var shared = ephemeral.Agree(recipient.Key.ToArray()) ?? throw new ArgumentException("The recipient is a point of small order.", nameof(recipient));
        var body = new byte[FileKeyLength + TagLength];
        using var cipher = new ChaCha20Poly1305(WrapKey(shared, ephemeral.Recipient, recipient));
        cipher.Encrypt(NoNonce, fileKey, body.AsSpan(..FileKeyLength), body.AsSpan(FileKeyLength..));
        return new(X25519, [Base64.Encode(ephemeral.Recipient.Key)], body);
    }

    /// <summary>The file's key; null when it is not wrapped for this identity.</summary>
    /// <exception cref="SecretFormatException">It is an X25519 stanza with wrong arguments.</exception>
    public byte[]? Unwrap(AgeIdentity identity)
    {
        if (Type != X25519)
            return null;
        if (Arguments is not [var argument] || Base64.Decode(argument) is not { Length: KeyLength } share || Body.Length != FileKeyLength + TagLength)
            throw new SecretFormatException(SecretFailure.Malformed, "not a valid age file: the X25519 stanza is malformed");
        if (identity.Agree(share) is not { } shared)
            return null;
        var fileKey = new byte[FileKeyLength];
        using var cipher = new ChaCha20Poly1305(WrapKey(shared, new(share), identity.Recipient));
        try
        {
            cipher.Decrypt(NoNonce, Body.AsSpan(..FileKeyLength), Body.AsSpan(FileKeyLength..), fileKey);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] WrapKey(byte[] shared, AgeRecipient share, AgeRecipient recipient) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, KeyLength, [.. share.Key, .. recipient.Key], "age-encryption.org/v1/X25519"u8.ToArray());
}
