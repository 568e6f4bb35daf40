namespace EdgeOperator.Platform.Files;

/// <summary>A folder that only the agent's own user may look into.</summary>
public static class PrivateFolder
{
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
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
