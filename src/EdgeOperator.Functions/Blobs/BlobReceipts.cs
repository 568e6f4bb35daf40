using System.Collections.Immutable;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Blobs;

/// <summary>Which versions of blobs each function has processed, in <c>host.db</c>.</summary>
/// <remarks>Every operation throws an <see cref="IOException"/> when the disk fails.</remarks>
public sealed class BlobReceipts(HostDatabase database)
{
    /// <returns>ETags by the names of blobs.</returns>
    internal async Task<ImmutableArray<KeyValuePair<string, string>>> LoadAsync(string function, string store, string container) =>
        [.. await database.DoAsync(d => d.Query(
            "SELECT name, etag FROM blob_receipts WHERE function = $1 AND store = $2 AND container = $3",
            row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), function, store, container))];

    internal Task SaveAsync(string function, string store, BlobPath path, string etag)
    {
        var (container, name) = (path.Container, path.Name);
        return database.DoAsync(d => d.Execute(
            "INSERT OR REPLACE INTO blob_receipts (function, store, container, name, etag) VALUES ($1, $2, $3, $4, $5)", function, store, container, name, etag));
    }

    internal Task DeleteAsync(string function, string store, string container, string name) => database.DoAsync(d => d.Execute(
        "DELETE FROM blob_receipts WHERE function = $1 AND store = $2 AND container = $3 AND name = $4", function, store, container, name));
}
