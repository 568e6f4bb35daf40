using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using AesUtilities = Org.BouncyCastle.Crypto.AesUtilities;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>
/// One encrypted value, <c>ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]</c> (getsops/sops, aes/cipher.go). Its nonce has 32 bytes, which
/// .NET's own AES-GCM does not take.
/// </summary>
/// <param name="Type"><c>str</c>, <c>int</c>, <c>float</c>, <c>bool</c>, <c>bytes</c>, <c>time</c> or <c>comment</c>.</param>
internal sealed partial record SopsValue(byte[] Data, byte[] Nonce, byte[] Tag, string Type)
{
    public const int KeyLength = 32;

    private const int NonceLength = 32;
    private const int TagLength = 16;
    private const int LongestNonce = 256;

    public static bool IsEncrypted(string text) => text.StartsWith("ENC[AES256_GCM,", StringComparison.Ordinal);

    /// <summary>Null unless the text is an encrypted value.</summary>
    public static SopsValue? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
            return null;
        try
        {
            var value = new SopsValue(Bytes("data"), Bytes("iv"), Bytes("tag"), match.Groups["type"].Value);
            return value is { Nonce.Length: > 0 and <= LongestNonce, Tag.Length: TagLength } ? value : null;
        }
        catch (FormatException)
        {
            return null;
        }

        byte[] Bytes(string group) => Convert.FromBase64String(match.Groups[group].Value);
    }

    /// <param name="place">What the value is bound to: its path, or a time.</param>
    /// <returns>Null when the key is another one, or the value was changed or moved.</returns>
    public byte[]? Decrypt(byte[] key, string place)
    {
        var cipher = Cipher(forEncryption: false, key, Nonce, place);
        byte[] input = [.. Data, .. Tag];
        var output = new byte[cipher.GetOutputSize(input.Length)];
        try
        {
            cipher.DoFinal(output, cipher.ProcessBytes(input, 0, input.Length, output, 0));
            return output;
        }
        catch (InvalidCipherTextException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Decrypt"/>
    public static SopsValue Encrypt(byte[] key, string place, string type, ReadOnlySpan<byte> text)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var cipher = Cipher(forEncryption: true, key, nonce, place);
        var output = new byte[cipher.GetOutputSize(text.Length)];
        cipher.DoFinal(output, cipher.ProcessBytes(text.ToArray(), 0, text.Length, output, 0));
        return new(output[..^TagLength], nonce, output[^TagLength..], type);
    }

    /// <summary>As it stands in a file.</summary>
    public override string ToString() =>
        $"ENC[AES256_GCM,data:{Convert.ToBase64String(Data)},iv:{Convert.ToBase64String(Nonce)},tag:{Convert.ToBase64String(Tag)},type:{Type}]";

    private static GcmBlockCipher Cipher(bool forEncryption, byte[] key, byte[] nonce, string place)
    {
        var cipher = new GcmBlockCipher(AesUtilities.CreateEngine());
        cipher.Init(forEncryption, new AeadParameters(new KeyParameter(key), TagLength * 8, nonce, Encoding.UTF8.GetBytes(place)));
        return cipher;
    }

    [GeneratedRegex(@"^ENC\[AES256_GCM,data:(?<data>[A-Za-z0-9+/=]+),iv:(?<iv>[A-Za-z0-9+/=]+),tag:(?<tag>[A-Za-z0-9+/=]+),type:(?<type>str|int|float|bool|bytes|time|comment)\]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
