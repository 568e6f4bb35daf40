using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Hub.Storage;

/// <summary>Copies artifacts from one store to another; those that are there already stay.</summary>
internal static class ArtifactCopy
{
    private const int PageSize = 100;

    /// <returns>How many there are.</returns>
    /// <exception cref="StoreException">One can't be read or written.</exception>
    public static async Task<long> RunAsync(IArtifactStore from, IArtifactStore to, CancellationToken cancellation)
    {
        var count = 0L;
        var last = "";
        while (await from.ListAsync(last, PageSize, cancellation) is { Count: > 0 } page)
        {
            foreach (var artifact in page)
            {
                await using var upload = to.Begin();
                await using var bytes = new UploadStream(upload);
                await from.CopyAsync(artifact.Hash, 0, artifact.Size, bytes, cancellation);
                await upload.CompleteAsync(artifact.Hash, artifact.Used, cancellation);
                count++;
            }

            last = page[^1].Hash;
        }

        return count;
    }

    private sealed class UploadStream(IArtifactUpload upload) : WriteOnlyStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await upload.WriteAsync(buffer, cancellationToken);
    }
}
