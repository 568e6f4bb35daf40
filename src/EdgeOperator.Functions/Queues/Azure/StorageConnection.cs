namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>
/// What a storage account's connection string says: https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string.
/// </summary>
/// <param name="Endpoint">Of the queue service, without a slash at its end.</param>
/// <param name="Key">The account's key; null where <paramref name="Signature"/> is what lets in.</param>
/// <param name="Signature">A shared access signature: a query without its question mark.</param>
internal sealed record StorageConnection(Uri Endpoint, string? Account, byte[]? Key, string? Signature)
{
    // The emulator's account, the same everywhere: https://learn.microsoft.com/azure/storage/common/storage-use-azurite.
    private const string EmulatedAccount = "devstoreaccount1";
    private const string EmulatedKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <exception cref="FormatException">It lacks something; the message says what and never repeats a secret.</exception>
    public static StorageConnection Parse(string text)
    {
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .GroupBy(part => part[0].Trim(), part => part[1].Trim(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(part => part.Key, part => part.Last(), StringComparer.OrdinalIgnoreCase);
        if (bool.TryParse(parts.GetValueOrDefault("UseDevelopmentStorage"), out var emulated) && emulated)
        {
            var host = parts.GetValueOrDefault("DevelopmentStorageProxyUri")?.TrimEnd('/') ?? "http://127.0.0.1";
            return new(EndpointOf($"{host}:10001/{EmulatedAccount}"), EmulatedAccount, Convert.FromBase64String(EmulatedKey), null);
        }

        var account = parts.GetValueOrDefault("AccountName");
        var endpoint = parts.GetValueOrDefault("QueueEndpoint")
            ?? (account is null ? throw Lacks("AccountName or QueueEndpoint") : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.queue.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}");
        if (parts.GetValueOrDefault("SharedAccessSignature") is { } signature)
            return new(EndpointOf(endpoint), account, null, signature.TrimStart('?'));
        return new(
            EndpointOf(endpoint), account ?? throw Lacks("AccountName"), KeyOf(parts.GetValueOrDefault("AccountKey") ?? throw Lacks("AccountKey or SharedAccessSignature")), null);
    }

    private static FormatException Lacks(string what) => new($"The connection string of the storage account lacks {what}");

    private static Uri EndpointOf(string text) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new FormatException($"The connection string of the storage account has an endpoint that is no http or https address: \"{text}\"");

    private static byte[] KeyOf(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new FormatException("The AccountKey in the connection string of the storage account is not Base64");
        }
    }
}
