namespace EdgeOperator.Git.Tree;

/// <summary>
/// How much a source may deliver: room for manifests and a few function apps with their dependencies. What is over a limit is
/// refused as a whole: half of the manifests are none.
/// </summary>
/// <param name="MaxFileSize">Bytes in one file.</param>
internal sealed record SourceLimits(long MaxFileSize)
{
    public static SourceLimits Default { get; } = new(64 * 1024 * 1024);

    /// <summary>Files in all, those behind symlinks counted again.</summary>
    public int MaxFiles { get; init; } = 50_000;

    /// <summary>Bytes in all.</summary>
    public long MaxTotalSize { get; init; } = 256 * 1024 * 1024;

    /// <exception cref="FetchException">The file is too large.</exception>
    public void CheckFile(string path, long size)
    {
        if (size > MaxFileSize)
            throw Refused($"{path} has {size} bytes; at most {MaxFileSize} are accepted (maxFileSize)");
    }

    /// <exception cref="FetchException">The files are too large together.</exception>
    public void CheckTotal(long size)
    {
        if (size > MaxTotalSize)
            throw Refused($"the files have more than {MaxTotalSize} bytes in all: point the source at a smaller folder");
    }

    /// <exception cref="FetchException">There are too many files.</exception>
    public void CheckCount(int count)
    {
        if (count > MaxFiles)
            throw Refused($"there are more than {MaxFiles} files: point the source at a smaller folder");
    }

    private static FetchException Refused(string message) => new(FetchReasons.Refused, message);
}
