using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Hosting;

/// <summary>What one app's host keeps: everything lies in a folder of its own, which is its owner's alone.</summary>
public sealed class HomeFolder
{
    private HomeFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>What the host is to run.</summary>
    public string AppFile => In("app.json");

    public string Socket => In("host.sock");

    public string Keys => In("keys.json");

    public string Database => In("host.db");

    /// <summary>Contents of the host's own blobs.</summary>
    public string Blobs => In("blobs");

    public string Logs => In("logs");

    /// <summary>TMPDIR of the workers.</summary>
    public string Temporary => In("tmp");

    /// <summary>Makes the folder and its parts where they are missing.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    public static HomeFolder Open(string path)
    {
        var home = new HomeFolder(System.IO.Path.GetFullPath(path));
        foreach (var folder in (string[])[home.Path, home.Logs, home.Temporary])
            PrivateFolder.Create(folder);

        return home;
    }

    /// <summary>Keeps other hosts out, until it is disposed or the process ends, however it does.</summary>
    /// <exception cref="AppException">Another host has the folder.</exception>
    public IDisposable Take()
    {
        try
        {
            return DirectoryLock.Acquire(Path, "host");
        }
        catch (DirectoryInUseException e)
        {
            throw new AppException($"another host runs here ({Path}): stop it first", e);
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
