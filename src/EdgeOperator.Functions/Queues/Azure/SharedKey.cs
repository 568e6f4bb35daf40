using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>
/// Signs requests with an account's key: "Blob, Queue, and File Services (Shared Key)" of
/// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.
/// </summary>
internal static class SharedKey
{
    public static string Authorization(HttpRequestMessage request, string account, byte[] key)
    {
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(TextToSign(request, account))));
        return $"SharedKey {account}:{signature}";
    }

    internal static string TextToSign(HttpRequestMessage request, string account)
    {
        var length = request.Content?.Headers.ContentLength is > 0 and var bytes ? bytes.ToString(CultureInfo.InvariantCulture) : "";
        var text = new StringBuilder();
        // Encoding and language, MD5, Date and conditions, range: none is ever sent; x-ms-date stands for Date.
        text.Append(request.Method).Append("\n\n\n").Append(length).Append("\n\n")
            .Append(request.Content?.Headers.ContentType?.ToString()).Append("\n\n\n\n\n\n\n");
        foreach (var (name, values) in request.Headers.Where(h => h.Key.StartsWith("x-ms-", StringComparison.Ordinal)).OrderBy(h => h.Key, StringComparer.Ordinal))
            text.Append(name).Append(':').Append(string.Join(',', values)).Append('\n');

        text.Append('/').Append(account).Append(request.RequestUri!.AbsolutePath);
        var parameters = request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2))
            .Select(p => (Name: Uri.UnescapeDataString(p[0]).ToLowerInvariant(), Value: p.Length == 2 ? Uri.UnescapeDataString(p[1]) : ""));
        foreach (var (name, value) in parameters.OrderBy(p => p.Name, StringComparer.Ordinal))
            text.Append('\n').Append(name).Append(':').Append(value);
        return text.ToString();
    }
}
