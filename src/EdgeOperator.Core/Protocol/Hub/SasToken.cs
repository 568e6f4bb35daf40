using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>
/// A shared access signature: <c>SharedAccessSignature sr=…&amp;sig=…&amp;se=…[&amp;skn=…]</c>. Source:
/// https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-sas
/// </summary>
public sealed class SasToken
{
    private const string Scheme = "SharedAccessSignature ";

    private readonly string _resource;
    private readonly string _expiry;
    private readonly byte[] _signature;

    private SasToken(string resource, string expiry, byte[] signature, DateTimeOffset expires, string? policy)
    {
        (_resource, _expiry, _signature) = (resource, expiry, signature);
        (Expires, PolicyName) = (expires, policy);
    }

    /// <summary>What the token is for, decoded: <c>host</c>, <c>host/devices/d</c>, <c>host/devices/d/modules/m</c>, <c>scope/registrations/r</c>.</summary>
    public string Resource => Uri.UnescapeDataString(_resource);

    public DateTimeOffset Expires { get; }

    /// <summary>The policy whose key signed; null for the key of the identity itself.</summary>
    public string? PolicyName { get; }

    /// <returns>Null for what is no such token. Fields may stand in any order.</returns>
    public static SasToken? Parse(string text)
    {
        if (text.Length > 4096 || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        string? resource = null, signature = null, expiry = null, policy = null;
        foreach (var field in text[Scheme.Length..].Trim().Split('&'))
        {
            var (name, value) = field.IndexOf('=') is var at and > 0 ? (field[..at], field[(at + 1)..]) : (field, "");
            switch (name)
            {
                case "sr": resource ??= value; break;
                case "sig": signature ??= value; break;
                case "se": expiry ??= value; break;
                case "skn": policy ??= value; break;
            }
        }

        if (resource is null || signature is null || expiry is null || ExpiryOf(expiry) is not { } expires)
            return null;
        var bytes = new byte[32];
        return Convert.TryFromBase64String(Uri.UnescapeDataString(signature), bytes, out var length) && length == bytes.Length
            ? new(resource, expiry, bytes, expires, policy is null or "" ? null : Uri.UnescapeDataString(policy))
            : null;
    }

    /// <param name="resource">Not encoded.</param>
    /// <param name="policy">The policy that <paramref name="key"/> belongs to; null for an identity's own key.</param>
    public static string Create(string resource, ReadOnlySpan<byte> key, DateTimeOffset expires, string? policy = null)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Uri.EscapeDataString(Convert.ToBase64String(Sign(key, encoded, expiry)));
        return $"{Scheme}sr={encoded}&sig={signature}&se={expiry}{(policy is null ? "" : $"&skn={Uri.EscapeDataString(policy)}")}";
    }

    /// <summary>Compares in constant time. The signature is over the resource as it was written: SDKs encode it each in their own way.</summary>
    public bool IsSignedBy(ReadOnlySpan<byte> key) => CryptographicOperations.FixedTimeEquals(Sign(key, _resource, _expiry), _signature);

    private static byte[] Sign(ReadOnlySpan<byte> key, string resource, string expiry) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));

    // Some clients write milliseconds, or the end of all time: what no date can hold ends with the last one.
    private static DateTimeOffset? ExpiryOf(string text)
    {
        if (text.Length is 0 or > 20 || !decimal.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return null;
        return seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : DateTimeOffset.MaxValue;
    }
}
