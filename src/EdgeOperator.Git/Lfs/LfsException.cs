namespace EdgeOperator.Git.Lfs;

/// <summary>The server of Git LFS, or the way there, fails for now; the repository is not at fault.</summary>
internal sealed class LfsException(string reason, string message) : FetchException(reason, $"Git LFS: {GitText.Clean(message)}");
