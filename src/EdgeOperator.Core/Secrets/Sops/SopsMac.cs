using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>The MAC over a file's values, in the order in which they stand (getsops/sops, sops.go, Encrypt). Keys are not part of it, but bound to the values.</summary>
internal sealed class SopsMac : IDisposable
{
    /// <summary>What a MAC over encrypted values alone starts from: the SHA-256 of <c>sops</c>.</summary>
    private static readonly byte[] OnlyEncrypted = SHA256.HashData("sops"u8);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private readonly bool _onlyEncrypted;

    public SopsMac(bool onlyEncrypted)
    {
        _onlyEncrypted = onlyEncrypted;
        if (onlyEncrypted)
            _hash.AppendData(OnlyEncrypted);
    }

    public void Add(ReadOnlySpan<byte> value, bool isEncrypted)
    {
        if (isEncrypted || !_onlyEncrypted)
            _hash.AppendData(value);
    }

    /// <summary>128 hexadecimal digits in upper case.</summary>
    public byte[] Finish() => Encoding.ASCII.GetBytes(Convert.ToHexString(_hash.GetHashAndReset()));

    public void Dispose() => _hash.Dispose();
}
