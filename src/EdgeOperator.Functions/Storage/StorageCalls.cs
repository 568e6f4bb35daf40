using System.Text.Json;
using System.Xml;
using Azure;

namespace EdgeOperator.Functions.Storage;

/// <summary>What is common to the calls of Azure's SDKs for storage accounts.</summary>
internal static class StorageCalls
{
    /// <summary>A service's client, and its account's address without the scheme.</summary>
    /// <param name="service">Blob, Queue or Table, as connection strings name endpoints.</param>
    /// <exception cref="FormatException">The connection string can't be used; the message does not repeat it.</exception>
    public static (T Client, string Id) Client<T>(string service, string connection, Func<string, T> create, Func<T, Uri> address)
    {
        try
        {
            var client = create(WithoutBlanks(connection));
            var uri = address(client);
            return uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps
                ? (client, $"{uri.Authority}{uri.AbsolutePath.TrimEnd('/')}")
                : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException or NullReferenceException or IndexOutOfRangeException)
        {
            throw new FormatException(
                $"The connection string of the storage account can't be used for {service.ToLowerInvariant()}s: it needs AccountName or {service}Endpoint (an http or https address), and AccountKey (in Base64) or SharedAccessSignature");
        }
    }

    // The SDK takes blanks around names and values for a part of them.
    private static string WithoutBlanks(string connection) => string.Join(
        ';', connection.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => string.Join('=', part.Split('=', 2, StringSplitOptions.TrimEntries))));

    /// <param name="what">Such as <c>the table people</c>, for messages.</param>
    /// <exception cref="IOException">The call failed. Its message is our own: the SDK's quotes requests with all of their headers.</exception>
    public static async Task<T> CallAsync<T>(string account, string what, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.Status != 0)
        {
            var advice = e.Status is 401 or 403 ? ": check the key or signature in the connection string, and the device's clock" : "";
            throw new IOException($"The storage account {account} answered {e.Status} ({e.ErrorCode ?? "no code"}) for {what}{advice}");
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            // The SDK has one failure for each attempt, mostly the same.
            var last = e is AggregateException { InnerExceptions: [.., var latest] } ? latest : e;
            throw new IOException($"The storage account {account} can't be reached: {last.GetBaseException().Message}");
        }
        catch (Exception e) when (e is XmlException or JsonException or FormatException or ArgumentException or InvalidOperationException or NullReferenceException)
        {
            // Such as the page of a captive portal.
            throw new IOException($"The storage account {account} gave an answer that can't be read for {what}: {e.Message}");
        }
    }
}
