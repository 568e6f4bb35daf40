using EdgeOperator.Git.Tree;

namespace EdgeOperator.Git.Lfs;

/// <summary>Gets the contents of a commit's Git LFS pointers.</summary>
/// <param name="room">Bytes of the source's budget that the mirror leaves.</param>
internal sealed class LfsFiles(LfsServer server, GitUrl url, LfsCache cache, SourceLimits limits, Func<long> room)
{
    /// <summary>Forgets what was fetched for other pointers.</summary>
    public void KeepOnly(IEnumerable<LfsPointer> pointers) => cache.KeepOnly(pointers);

    /// <param name="total">Bytes that the contents may have together.</param>
    /// <returns>For each pointer its content, or why it can't be had.</returns>
    /// <exception cref="LfsException">The server can't be reached, or fails for now.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task<Dictionary<LfsPointer, LfsContent>> ReadAsync(
        string commit, IReadOnlyCollection<LfsPointer> pointers, long total, CancellationToken cancellation)
    {
        var contents = new Dictionary<LfsPointer, LfsContent>();
        foreach (var pointer in pointers)
        {
            if (Problem(pointer, total) is { } problem)
                contents[pointer] = LfsContent.Unusable(problem);
            else
                total -= pointer.Size;
        }

        var wanted = pointers.Where(pointer => !contents.ContainsKey(pointer)).ToArray();
        foreach (var pointer in wanted)
        {
            if (pointer.Size == 0)
                contents[pointer] = LfsContent.Of([]);
            else if (Local(pointer) is { } content)
                contents[pointer] = LfsContent.Of(content);
        }

        foreach (var batch in wanted.Where(pointer => !contents.ContainsKey(pointer)).Chunk(LfsServer.MaxBatch).ToArray())
            await FetchAsync(commit, batch, contents, cancellation);

        return contents;
    }

    private string? Problem(LfsPointer pointer, long total) =>
        pointer.HasExtensions ? "that was committed through a Git LFS extension, which only its own program could undo"
        : pointer.Size > limits.MaxFileSize ? $"of {pointer.Size} bytes; at most {limits.MaxFileSize} are accepted (maxFileSize)"
        : pointer.Size > total ? $"of {pointer.Size} bytes, with which the source has more than {limits.MaxTotalSize} in all: point the source at a smaller folder"
        : null;

    private byte[]? Local(LfsPointer pointer) =>
        cache.Find(pointer) ?? (url.LocalPath is { } repository ? LfsStore.Find(repository, pointer) : null);

    private async Task FetchAsync(
        string commit, LfsPointer[] batch, Dictionary<LfsPointer, LfsContent> contents, CancellationToken cancellation)
    {
        var size = batch.Sum(pointer => pointer.Size);
        var rest = room() - cache.Size;
        if (size > rest)
        {
            foreach (var pointer in batch)
                contents[pointer] = LfsContent.Unusable("for which the local mirror of the repository has no room (maxRepositorySize)");
            return;
        }

        var refusals = await server.DownloadAsync(commit, batch, cache, cancellation);
        foreach (var pointer in batch)
        {
            contents[pointer] = refusals.TryGetValue(pointer, out var refusal) ? LfsContent.Missing(refusal)
                : cache.Find(pointer) is { } content ? LfsContent.Of(content)
                : LfsContent.Missing("that could not be read back from the disk");
        }
    }
}
