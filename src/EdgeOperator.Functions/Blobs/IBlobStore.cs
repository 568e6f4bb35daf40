namespace EdgeOperator.Functions.Blobs;

/// <summary>Where blobs are kept: by the host itself, or by a storage account.</summary>
/// <remarks>Every operation throws an <see cref="IOException"/> when the disk or the service fails.</remarks>
internal interface IBlobStore
{
    /// <summary>Stable through restarts and without secrets.</summary>
    string Id { get; }

    /// <returns>Null when there is no such blob, or no such container.</returns>
    /// <exception cref="IOException">It is larger than <see cref="Blob.MaxBytes"/>, too.</exception>
    Task<Blob?> ReadAsync(BlobPath path, CancellationToken cancellation);

    /// <summary>Creates or replaces a blob as a whole; a missing container is created.</summary>
    Task WriteAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>The blobs whose names begin so; none for a missing container.</summary>
    IAsyncEnumerable<BlobProperties> ListAsync(string container, string prefix, CancellationToken cancellation);

    /// <summary>Completes when a blob is written after this was read; never where the store does not know.</summary>
    Task Changed { get; }
}

/// <param name="ETag">Another one for every version; without quotes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Uri">Absolute.</param>
internal sealed record BlobProperties(BlobPath Path, string ETag, DateTimeOffset Created, DateTimeOffset Modified, long Length, Uri Uri);

internal sealed record Blob(BlobProperties Properties, ReadOnlyMemory<byte> Content)
{
    /// <summary>Of a blob's content: host and worker hold it in memory as a whole.</summary>
    public const int MaxBytes = 104_857_600;

    public static IOException TooLarge(BlobPath path, long length) =>
        new($"The blob {path} has {length} bytes; a binding carries at most {MaxBytes}");
}
