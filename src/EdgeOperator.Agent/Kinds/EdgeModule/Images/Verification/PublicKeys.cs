using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>Public keys that sign images: ECDSA, or RSA with PKCS #1 v1.5, each with SHA-256, as cosign makes them.</summary>
internal sealed class PublicKeys
{
    private const int LargestFile = 64 * 1024;

    private readonly ImmutableArray<PublicKey> _keys;

    private PublicKeys(ImmutableArray<PublicKey> keys) => _keys = keys;

    /// <summary>SHA-256 of each key, in lower-case hex: what was verified by a key counts as long as the key is trusted.</summary>
    public IEnumerable<string> Fingerprints => _keys.Select(key => key.Fingerprint);

    /// <exception cref="PublicKeyException">A file can't be read, or holds no such key; the message names it.</exception>
    public static PublicKeys Read(IEnumerable<string> files) => new([.. files.Select(Read)]);

    /// <returns>The fingerprint of the key by which the signature is good; null when it is good by none.</returns>
    /// <param name="signature">As DER for ECDSA.</param>
    public string? Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => VerifyHash(SHA256.HashData(signed), signature);

    /// <inheritdoc cref="Verify"/>
    /// <param name="hash">SHA-256 of what is signed.</param>
    public string? VerifyHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        foreach (var key in _keys)
        {
            if (key.VerifyHash(hash, signature))
                return key.Fingerprint;
        }

        return null;
    }

    private static PublicKey Read(string file)
    {
        try
        {
            return PublicKey.Parse(ReferencedFile.ReadText(file, LargestFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PublicKeyException($"the public key {file} can't be read: {e.Message}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new PublicKeyException($"{file} holds no ECDSA or RSA public key in PEM (as cosign.pub): {e.Message}", e);
        }
    }
}

/// <summary>A key of a rule can't be used; the message names its file.</summary>
internal sealed class PublicKeyException(string message, Exception? inner = null) : Exception(message, inner);
