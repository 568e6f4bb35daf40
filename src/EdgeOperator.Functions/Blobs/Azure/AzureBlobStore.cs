using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Blobs.Azure;

/// <summary>The blobs of a storage account.</summary>
internal sealed class AzureBlobStore : IBlobStore
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly BlobServiceClient _client;

    /// <exception cref="FormatException">The connection string can't be used; the message does not repeat it.</exception>
    public AzureBlobStore(string connection)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), NetworkTimeout = TimeSpan.FromSeconds(100) } };
        (_client, Id) = StorageCalls.Client("Blob", connection, text => new BlobServiceClient(text, options), client => client.Uri);
    }

    /// <summary>Connects to nothing.</summary>
    /// <inheritdoc cref="AzureBlobStore(string)" path="/exception"/>
    public static void Check(string connection) => _ = new AzureBlobStore(connection);

    public string Id { get; }

    public Task Changed => Never;

    public Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation) => CallAsync(path.ToString(), async () =>
    {
        try
        {
            using var response = (await Client(path).DownloadStreamingAsync(cancellationToken: cancellation)).Value;
            var details = response.Details;
            if (details.ContentLength > Blob.MaxBytes)
                throw Blob.TooLarge(path, details.ContentLength);
            var content = new byte[details.ContentLength];
            await response.Content.ReadExactlyAsync(content, cancellation);
            return new Blob(
                new(path, Tag(details.ETag), details.CreatedOn, details.LastModified, details.ContentLength, Client(path).Uri), content);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    });

    public Task WriteAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (content.Length > Blob.MaxBytes)
            throw Blob.TooLarge(path, content.Length);
        return CallAsync(path.ToString(), async () =>
        {
            var data = BinaryData.FromBytes(content);
            try
            {
                return await Client(path).UploadAsync(data, overwrite: true, cancellation);
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await _client.GetBlobContainerClient(path.Container).CreateIfNotExistsAsync(cancellationToken: cancellation);
                return await Client(path).UploadAsync(data, overwrite: true, cancellation);
            }
        });
    }

    public async IAsyncEnumerable<BlobProperties> ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var client = _client.GetBlobContainerClient(container);
        await using var pages = client.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation).AsPages().GetAsyncEnumerator(cancellation);
        while (await CallAsync(container, () => NextAsync(pages)))
        {
            foreach (var blob in pages.Current.Values.Where(b => BlobPath.IsName(b.Name)))
            {
                yield return new(
                    BlobPath.Of(container, blob.Name), Tag(blob.Properties.ETag ?? default), blob.Properties.CreatedOn ?? default,
                    blob.Properties.LastModified ?? default, blob.Properties.ContentLength ?? 0, client.GetBlobClient(blob.Name).Uri);
            }
        }
    }

    private BlobClient Client(BlobPath path) => _client.GetBlobContainerClient(path.Container).GetBlobClient(path.Name);

    private static string Tag(ETag tag) => tag.ToString("G").Trim('"');

    private static async Task<bool> NextAsync(IAsyncEnumerator<Page<BlobItem>> pages)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return false;
        }
    }

    private Task<T> CallAsync<T>(string what, Func<Task<T>> call) => StorageCalls.CallAsync(Id, $"the blob {what}", call);
}
