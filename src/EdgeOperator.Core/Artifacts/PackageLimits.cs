namespace EdgeOperator.Core.Artifacts;

/// <summary>How much a package may hold, and how long it may be. What is over a limit is refused as a whole.</summary>
/// <param name="MaxFileSize">Bytes in one file.</param>
/// <param name="MaxTotalSize">Bytes in all files.</param>
public sealed record PackageLimits(int MaxFiles, long MaxFileSize, long MaxTotalSize)
{
    public static PackageLimits Default { get; } = new(50_000, 64 * 1024 * 1024, 256 * 1024 * 1024);

    /// <summary>Bytes of the tar file: besides content, some two blocks of 512 bytes for each file, more with long names.</summary>
    public long MaxUnpackedSize => MaxTotalSize + (4096L * MaxFiles / 2);

    /// <summary>Bytes of the package; what can't be compressed gets longer by very little.</summary>
    public long MaxPackedSize => MaxUnpackedSize + (MaxUnpackedSize / 1000) + 1024;
}
