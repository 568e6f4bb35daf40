using Azure.Storage.Queues;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>The queues of a storage account.</summary>
internal sealed class AzureQueues
{
    private readonly QueueServiceClient _client;

    /// <exception cref="FormatException">The connection string can't be used; the message does not repeat it.</exception>
    public AzureQueues(string connection)
    {
        var options = new QueueClientOptions
        {
            // AzureQueue encodes: the SDK throws away which of a batch's messages could not be decoded.
            MessageEncoding = QueueMessageEncoding.None,
            Retry = { MaxRetries = 4, Delay = TimeSpan.FromMilliseconds(300), NetworkTimeout = TimeSpan.FromSeconds(30) },
        };
        (_client, Id) = StorageCalls.Client("Queue", connection, text => new QueueServiceClient(text, options), client => client.Uri);
    }

    /// <summary>Connects to nothing.</summary>
    /// <inheritdoc cref="AzureQueues(string)" path="/exception"/>
    public static void Check(string connection) => _ = new AzureQueues(connection);

    /// <summary>The account's address without its scheme.</summary>
    public string Id { get; }

    /// <param name="base64">Whether messages are Base64 in the account; otherwise they are their text itself.</param>
    public AzureQueue Open(string name, bool base64, TimeProvider time) => new(_client, Id, name, base64, time);
}
