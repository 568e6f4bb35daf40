using EdgeOperator.Git.Tree;

namespace EdgeOperator.Git.Lfs;

/// <summary>The contents that Git LFS keeps in a repository on this device.</summary>
internal static class LfsStore
{
    /// <param name="repository">A bare repository, or a working tree.</param>
    /// <returns>Null when the repository does not have the content, or only a damaged one.</returns>
    public static byte[]? Find(string repository, LfsPointer pointer)
    {
        var path = Path.Combine("lfs", "objects", pointer.Sha256[..2], pointer.Sha256[2..4], pointer.Sha256);
        try
        {
            return LfsCache.Read(Path.Combine(repository, ".git", path), pointer) ?? LfsCache.Read(Path.Combine(repository, path), pointer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
