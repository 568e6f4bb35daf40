using System.Runtime.Versioning;

namespace EdgeOperator.Platform.Files;

/// <summary>A folder that only the agent's own user may look into.</summary>
public static class PrivateFolder
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder, and those that it lies in; a file, pipe or link to nowhere in its place gives way. A link to a folder is one.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Create(string path)
    {
        if (!Directory.Exists(path) && FileStatus.Of(path) is { } other)
        {
            if (other.IsFile)
                File.Move(path, StateFile.FreeNameBeside(path));
            else
                File.Delete(path);
        }

        if (OperatingSystem.IsWindows())
            CreateOnWindows(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [SupportedOSPlatform("windows")]
    private static void CreateOnWindows(string path)
    {
        if (!Directory.Exists(path))
            PrivateAccess.OfFolder().CreateDirectory(path);
    }

    /// <summary>
    /// Takes the folder's group and all others their access, as systemd does with a unit's state directory. A folder that was not
    /// made for this is left as it is: it may be somebody else's, such as <c>/tmp</c>.
    /// </summary>
    /// <param name="mark">The name of a file that only folders of this kind hold.</param>
    /// <returns>False when others have access and keep it.</returns>
    public static bool Restrict(string path, string mark)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(path) || (File.GetUnixFileMode(path) & Others) == 0)
            return true;
        if (!Path.Exists(Path.Combine(path, mark)) && Directory.EnumerateFileSystemEntries(path).Any())
            return false;
        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~Others);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's folder, or a file system without permissions.
            return false;
        }
    }
}
