namespace EdgeOperator.Agent.Secrets;

/// <summary>Files that exist in the memory of a system only, which may be a virtual machine: they are gone when that was started again.</summary>
public interface IMemoryFiles
{
    /// <summary>Writes a group of files, unless they are there already as they should be.</summary>
    /// <param name="group">One that only one caller writes.</param>
    /// <returns>Their folder, as that system names it.</returns>
    /// <exception cref="IOException">They can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    Task<string> WriteAsync(string group, IReadOnlyCollection<MemoryFile> files, CancellationToken cancellation);

    /// <summary>Removes a group of files; does nothing when there is none.</summary>
    /// <exception cref="IOException">They can't be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be removed.</exception>
    Task DeleteAsync(string group, CancellationToken cancellation);

    /// <summary>Removes the groups whose names begin so, but for these.</summary>
    /// <exception cref="IOException">They can't be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be removed.</exception>
    Task RetainAsync(string prefix, IReadOnlyCollection<string> groups, CancellationToken cancellation);
}

/// <summary>A file with secrets. Its text form does not show them.</summary>
public sealed record MemoryFile(string Name, ReadOnlyMemory<byte> Content, UnixFileMode Mode)
{
    public override string ToString() => Name;
}
