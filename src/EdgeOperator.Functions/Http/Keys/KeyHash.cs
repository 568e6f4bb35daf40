using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Functions.Http.Keys;

/// <summary>
/// Keys and what is kept of them. A key is either made here, from 256 random bits, or long by rule, so that a plain
/// SHA-256 can't be turned back and a request costs one hash.
/// </summary>
internal static class KeyHash
{
    /// <summary>Characters of a key that somebody else thought up.</summary>
    public const int MinimumLength = 20;

    public const int Size = SHA256.HashSizeInBytes;

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static byte[] Of(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
