using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers.Processes;

/// <summary>Finds a program before it is started, since a shell's "not found" would tell nobody what to do.</summary>
internal static class Executable
{
    /// <returns>Its full path.</returns>
    /// <exception cref="AppException">It is not there, or can't be run.</exception>
    public static string Find(ProcessSettings settings)
    {
        var path = settings.Executable.Contains('/') || settings.Executable.Contains(Path.DirectorySeparatorChar)
            ? Path.GetFullPath(Path.Combine(settings.WorkingDirectory, settings.Executable))
            : OnPath(settings);
        if (!File.Exists(path))
        {
            throw new AppException($"There is no program {path}");
        }

        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0
            ? path
            : throw new AppException($"{path} is not executable: chmod +x it (in Git: git update-index --chmod=+x)");
    }

    private static string OnPath(ProcessSettings settings)
    {
        string[] extensions = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd"] : [""];
        var folders = settings.Environment.GetValueOrDefault("PATH", "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(f => extensions.Select(e => Path.Combine(f, settings.Executable + e))).FirstOrDefault(File.Exists)
            ?? throw new AppException($"There is no program {settings.Executable} on the PATH ({string.Join(Path.PathSeparator, folders)}), and none in {settings.WorkingDirectory}");
    }
}
