namespace EdgeOperator.Git.Tree;

/// <summary>What a Git LFS pointer stands for: the content itself, or why it can't be had.</summary>
/// <param name="Bytes">Verified; null when it can't be had.</param>
/// <param name="Refused">Why it can't be had, following "is a Git LFS file"; null when it can.</param>
/// <param name="MayAppear">Whether it may be had later without another commit: an upload may be missing, or a right.</param>
internal sealed record LfsContent(byte[]? Bytes, string? Refused, bool MayAppear)
{
    public static LfsContent Of(byte[] bytes) => new(bytes, null, MayAppear: false);

    public static LfsContent Unusable(string reason) => new(null, reason, MayAppear: false);

    public static LfsContent Missing(string reason) => new(null, reason, MayAppear: true);
}
