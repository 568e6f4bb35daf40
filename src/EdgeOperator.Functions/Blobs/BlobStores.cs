using System.Collections.Concurrent;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs.Azure;
using EdgeOperator.Functions.Blobs.Embedded;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Blobs;

/// <summary>Every blob store that an app's bindings can name, through all its generations.</summary>
public sealed class BlobStores(EmbeddedBlobs own)
{
    private readonly ConcurrentDictionary<string, AzureBlobStore> _accounts = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">The connection can't be used; the message says what to change.</exception>
    internal IBlobStore Open(FunctionApp app, Binding binding) =>
        ConnectionSetting.Of(binding, app.Settings).Account is { } connection
            ? _accounts.GetOrAdd(connection, c => new(c))
            : own;

    /// <summary>
    /// What a worker gets in place of a blob's content when it opens the blob itself (<c>BlobClient</c>, <c>Stream</c>), with the names that
    /// Microsoft.Azure.Functions.Worker.Extensions.Storage.Blobs reads.
    /// </summary>
    /// <returns>Null where it gets the content: always for the host's own blobs, which no worker can open.</returns>
    internal static Value? Reference(FunctionApp app, Binding binding, BlobPath path) =>
        binding.IsDeferred && ConnectionSetting.Of(binding, app.Settings) is { Account: not null } connection
            ? new Value.Model("AzureStorageBlobs", new() { ["Connection"] = connection.Name, ["ContainerName"] = path.Container, ["BlobName"] = path.Name })
            : null;
}
