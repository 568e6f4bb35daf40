using System.Security.Cryptography;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>One public key.</summary>
/// <param name="info">The key as DER: a SubjectPublicKeyInfo (RFC 5280, section 4.1).</param>
internal sealed class PublicKey(byte[] info, bool isRsa)
{
    private const string Label = "PUBLIC KEY";

    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(info));

    /// <exception cref="CryptographicException">It is no such key.</exception>
    /// <exception cref="ArgumentException">It is no PEM.</exception>
    public static PublicKey Parse(string pem)
    {
        var fields = PemEncoding.Find(pem);
        if (!pem.AsSpan()[fields.Label].SequenceEqual(Label))
            throw new CryptographicException($"it is a {pem[fields.Label]}");
        var info = Convert.FromBase64String(pem[fields.Base64Data]);
        foreach (var isRsa in (bool[])[false, true])
        {
            try
            {
                new PublicKey(info, isRsa).Verify([], []);
                return new(info, isRsa);
            }
            catch (CryptographicException)
            {
                // It is of the other kind, or of neither.
            }
        }

        throw new CryptographicException("the kind of key is not known");
    }

    public bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => VerifyHash(SHA256.HashData(signed), signature);

    /// <param name="hash">SHA-256 of what is signed.</param>
    public bool VerifyHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (isRsa)
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(info, out _);
            return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(info, out _);
        return ecdsa.VerifyHash(hash, signature, DSASignatureFormat.Rfc3279DerSequence);
    }
}
