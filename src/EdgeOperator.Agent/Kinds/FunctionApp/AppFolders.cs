using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>Where function apps lie: a folder each, which is the agent's own, in a folder that others may pass through.</summary>
internal sealed class AppFolders(string root)
{
    private const UnixFileMode Passable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Root => root;

    public IEnumerable<AppFolder> All => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root).Where(f => !Path.GetFileName(f).StartsWith('.')).Select(f => new AppFolder(f))
        : [];

    public static AppFolders Of(FunctionsConfiguration configuration, string stateDirectory) =>
        new(configuration.Directory ?? Path.TrimEndingDirectorySeparator(stateDirectory) + "-apps");

    public AppFolder this[string app] => new(Path.Combine(root, app));

    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public AppFolder Create(string app)
    {
        var folder = this[app];
        foreach (var path in (string[])[root, folder.Path, folder.Packages])
        {
            Directory.CreateDirectory(path);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, Passable);
        }

        return folder;
    }
}

/// <summary>One app's folder.</summary>
/// <param name="Path">Only the agent writes here; the app's user owns nothing but <see cref="Home"/>.</param>
internal sealed record AppFolder(string Path)
{
    /// <summary>Path names of Unix sockets have at most 107 bytes on Linux.</summary>
    private const int LongestSocket = 107;

    public string Name => System.IO.Path.GetFileName(Path);

    public string Packages => System.IO.Path.Combine(Path, "packages");

    /// <summary>The host's folder, and the app's user's.</summary>
    public string Home => System.IO.Path.Combine(Path, "home");

    /// <summary>What the host must run, secrets included.</summary>
    public string Request => System.IO.Path.Combine(Home, "app.json");

    public string Socket => System.IO.Path.Combine(Home, "host.sock");

    /// <summary>Notes which generation <see cref="Request"/> asks for. Apart from it, since that lies in the app's own folder.</summary>
    public string Generation => System.IO.Path.Combine(Path, "generation");

    public bool HasTooLongSocket => System.Text.Encoding.UTF8.GetByteCount(Socket) > LongestSocket;

    public string Package(string hash) => System.IO.Path.Combine(Packages, hash);
}
