using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Platform.Files;

/// <summary>
/// Replaces a file as a whole: whoever reads it, and whoever finds it after a power cut, sees the old file or the new
/// one, content, mode and owner alike, never a mixture. A path has one writer at a time.
/// </summary>
public static class AtomicFile
{
    /// <summary>For the agent's own user alone (0600).</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <param name="mode">
    /// Permission bits, whatever the umask. On Windows, bits for the owner alone are <see cref="PrivateAccess"/>; with others, a file that was there
    /// leaves its own access control list to the new one, unless that was private; with none at all, in any case.
    /// </param>
    /// <param name="owner">Null leaves the file to the agent's own user; ignored on Windows.</param>
    /// <exception cref="IOException">The disk is full or failed, or the owner may not be given; the old file is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> content, UnixFileMode mode = Private, FileOwner? owner = null) =>
        Write(path, stream => stream.Write(content.Span), mode, owner);

    /// <inheritdoc cref="Write(string, ReadOnlyMemory{byte}, UnixFileMode, FileOwner?)"/>
    public static void Write(string path, Action<Stream> write, UnixFileMode mode = Private, FileOwner? owner = null)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, TemporaryName(Path.GetFileName(path)));

        // Left by a crash, or put there by somebody: a new file is made, never an existing one followed.
        File.Delete(temporary);
        try
        {
            using (var stream = OperatingSystem.IsWindows() ? NewOnWindows(temporary, path, mode) : new FileStream(temporary, New()))
            {
                write(stream);
                SetMetadata(stream, path, mode, owner);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncFolder(folder);
    }

    /// <summary>Whether a mode gives others nothing: then Windows gives them nothing either.</summary>
    public static bool IsPrivate(UnixFileMode mode) => mode != UnixFileMode.None && (mode & ForOthers) == UnixFileMode.None;

    /// <summary>Deletes a file, if there is one, so that it stays deleted after a power cut.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>One name a path, so that a crash leaves one file at most and the next write takes it over.</summary>
    public static string TemporaryName(string name) =>
        $".edgeop-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16]}.tmp";

    private static FileStreamOptions New()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        return options;
    }

    [SupportedOSPlatform("windows")]
    private static FileStream NewOnWindows(string temporary, string path, UnixFileMode mode)
    {
        var access = IsPrivate(mode) ? PrivateAccess.OfFile() : PrivateAccess.OwnOf(path, evenPrivate: mode == UnixFileMode.None);
        return access is null ? new FileStream(temporary, New())
            : new FileInfo(temporary).Create(FileMode.CreateNew, FileSystemRights.Write | FileSystemRights.Synchronize, FileShare.None, bufferSize: 4096, FileOptions.None, access);
    }

    private static void SetMetadata(FileStream stream, string path, UnixFileMode mode, FileOwner? owner)
    {
        stream.Flush();
        if (OperatingSystem.IsLinux() && owner is { } given)
        {
            Posix.ChangeOwner(stream.SafeFileHandle, given, path);
        }

        // After the owner: giving a file away clears its set-id bits.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
        }
    }

    /// <summary>Returns when the names in a folder are as on the disk; nothing to do on other systems than Linux.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsLinux())
        {
            Posix.SyncFolder(folder);
        }
    }
}
