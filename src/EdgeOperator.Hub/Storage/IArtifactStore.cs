namespace EdgeOperator.Hub.Storage;

/// <param name="Hash">SHA-256 of the content, in lower-case hex.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Used">When somebody last needed it, as far as that was looked at.</param>
internal sealed record StoredArtifact(string Hash, long Size, DateTimeOffset Used);

/// <summary>Contents by their hash, which never change. What is there is whole.</summary>
internal interface IArtifactStore
{
    Task<StoredArtifact?> FindAsync(string hash, CancellationToken cancellation);

    /// <summary>In the order of the hashes.</summary>
    Task<IReadOnlyList<StoredArtifact>> ListAsync(string after, int limit, CancellationToken cancellation);

    /// <summary>Begins to take a content; what is not completed is not there.</summary>
    IArtifactUpload Begin();

    /// <summary>Writes a part of a content.</summary>
    /// <exception cref="StoreException">It is not there any more, or can't be read.</exception>
    Task CopyAsync(string hash, long from, long count, Stream to, CancellationToken cancellation);

    Task MarkUsedAsync(string hash, DateTimeOffset at, CancellationToken cancellation);

    /// <returns>False when it has been used since then, or is not there.</returns>
    Task<bool> RemoveAsync(string hash, DateTimeOffset unusedSince, CancellationToken cancellation);

    /// <summary>Removes what was begun before a time and never completed.</summary>
    Task RemoveUnfinishedAsync(DateTimeOffset before, CancellationToken cancellation);
}

/// <summary>A content that is being taken. Disposed of before it is completed, nothing of it is kept.</summary>
internal interface IArtifactUpload : IAsyncDisposable
{
    /// <exception cref="StoreException">It can't be written.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Returns when it is on the disk. One that is there already is only marked as used.</summary>
    /// <param name="hash">Of all bytes that were written.</param>
    /// <exception cref="StoreException">It can't be written.</exception>
    Task CompleteAsync(string hash, DateTimeOffset now, CancellationToken cancellation);
}
