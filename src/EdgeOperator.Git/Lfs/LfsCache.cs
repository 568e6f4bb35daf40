using System.Security.Cryptography;
using EdgeOperator.Git.Tree;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Git.Lfs;

/// <summary>Contents of large files by their SHA-256. They are only a cache; what is damaged is fetched again.</summary>
/// <param name="folder">Nobody else writes there.</param>
internal sealed class LfsCache(string folder)
{
    private static readonly EnumerationOptions All = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Bytes in the files.</summary>
    public long Size => Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", All).Sum(file => file.Length) : 0;

    /// <summary>Null when the content is not here, or is damaged.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public byte[]? Find(LfsPointer pointer) => Read(PathOf(pointer), pointer);

    /// <summary>Reads a file if it is the content: another length is not even opened, as it may be a pipe.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static byte[]? Read(string file, LfsPointer pointer)
    {
        if (new FileInfo(file) is not { Exists: true } info || info.Length != pointer.Size || pointer.Size == 0)
            return null;

        // Of a link that is its own length, and not that of what it leads to.
        var content = ReferencedFile.ReadBytes(file, (int)Math.Min(pointer.Size, Array.MaxLength));
        return Convert.ToHexStringLower(SHA256.HashData(content)) == pointer.Sha256 ? content : null;
    }

    /// <summary>Writes a content, and keeps it if it is the one that the pointer names.</summary>
    /// <returns>Whether it was.</returns>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task<bool> TryAddAsync(LfsPointer pointer, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        PrivateFolder.Create(folder);
        var part = PathOf(pointer) + ".part";
        StateFile.ClearForFile(part);
        try
        {
            await using (var file = File.Create(part))
            {
                await write(file, cancellation);
                file.Position = 0;
                if (file.Length != pointer.Size || Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)) != pointer.Sha256)
                    return false;
            }

            StateFile.ClearForFile(PathOf(pointer));
            File.Move(part, PathOf(pointer), overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Removes what is not needed any more.</summary>
    public void KeepOnly(IEnumerable<LfsPointer> needed)
    {
        if (!Directory.Exists(folder))
            return;

        var names = needed.Select(pointer => pointer.Sha256).ToHashSet(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", All).Where(file => !names.Contains(file.Name)))
            file.Delete();
    }

    /// <summary>Removes everything when it takes more than <paramref name="size"/> bytes.</summary>
    public void Trim(long size)
    {
        if (Size > size)
            KeepOnly([]);
    }

    private string PathOf(LfsPointer pointer) => Path.Combine(folder, pointer.Sha256);
}
