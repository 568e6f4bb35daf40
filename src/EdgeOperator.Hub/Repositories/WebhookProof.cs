using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace EdgeOperator.Hub.Repositories;

/// <summary>
/// Proves that a webhook's call comes from who knows its secret, as Git servers do it:
/// GitHub signs the body (<c>X-Hub-Signature-256: sha256=HEX</c>, docs.github.com "Validating webhook deliveries"), Gitea and Forgejo too
/// (<c>X-Gitea-Signature: HEX</c>), anybody else may (<c>X-Signature: sha256=HEX</c>, as Flux's generic-hmac receiver takes it), and GitLab
/// sends the secret along (<c>X-Gitlab-Token</c>).
/// </summary>
internal static class WebhookProof
{
    private const string Algorithm = "sha256=";

    private static readonly string[] Signatures = ["X-Hub-Signature-256", "X-Gitea-Signature", "X-Forgejo-Signature", "X-Signature"];

    /// <summary>How long it takes does not depend on how much of a proof is right.</summary>
    public static async Task<bool> IsGoodAsync(IHeaderDictionary headers, Stream body, byte[] secret, CancellationToken cancellation)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await body.ReadAsync(buffer, cancellation)) > 0)
            hmac.AppendData(buffer, 0, count);
        var expected = hmac.GetHashAndReset();
        var isGood = false;
        foreach (var name in Signatures)
            if (headers.TryGetValue(name, out var value))
                isGood |= CryptographicOperations.FixedTimeEquals(Signature(value), expected);

        // Hashes, so that the length of the secret does not show.
        if (headers.TryGetValue("X-Gitlab-Token", out var token))
            isGood |= CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token.ToString())), SHA256.HashData(secret));
        return isGood;
    }

    private static byte[] Signature(StringValues header)
    {
        var text = header.ToString();
        var digits = text.StartsWith(Algorithm, StringComparison.OrdinalIgnoreCase) ? text[Algorithm.Length..] : text;
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
