using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Git.Tree;

/// <summary>What a source has at a path, once symlinks are followed.</summary>
/// <param name="Path">Where it is seen, counted from the folder that was resolved.</param>
/// <param name="Origin">Where it lies in the tree; another path than <paramref name="Path"/> behind a symlink.</param>
/// <param name="Content">Null when it can't be used.</param>
/// <param name="Refused">Why it can't be used, as a predicate such as "is a symlink that leaves the source"; null when it can.</param>
internal sealed record SourceEntry<T>(string Path, string Origin, T? Content, string? Refused)
    where T : class
{
    private const string NotHere = "whose content is not in the source: commit the file itself, or deliver it in another way";

    /// <param name="isInside">Whether what lies at a path of the tree is delivered at that path itself too.</param>
    /// <param name="lfs">What pointers of Git LFS stand for.</param>
    public ManifestFile ToFile(
        Func<T, byte[]> content, Func<T, bool> isExecutable, bool isInside = true, IReadOnlyDictionary<LfsPointer, LfsContent>? lfs = null)
    {
        if (Content is null)
            return new(Path, default) { Refused = Refused };

        var bytes = content(Content);
        if (LfsPointer.Parse(bytes) is { } pointer)
        {
            var large = lfs?.GetValueOrDefault(pointer);
            if (large?.Bytes is null)
                return new(Path, default) { Refused = $"is a Git LFS pointer to a file {large?.Refused ?? NotHere}" };
            bytes = large.Bytes;
        }

        return new(Path, bytes) { IsExecutable = isExecutable(Content), LinkedFrom = Origin == Path || !isInside ? null : Origin };
    }
}
