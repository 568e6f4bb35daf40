using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>One installed package: a folder that appears as a whole, and that everybody may read and only the agent change.</summary>
internal sealed class PackageFiles(AppFolder app, string hash)
{
    private const string Unfinished = ".new-";
    private const string Going = ".old-";

    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The complete ones, the one that was served last first.</summary>
    public static IEnumerable<string> InstalledIn(AppFolder app) => Directory.Exists(app.Packages)
        ? new DirectoryInfo(app.Packages).EnumerateDirectories().Where(f => !f.Name.StartsWith('.')).OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal).Select(f => f.Name)
        : [];

    /// <param name="write">Fills an empty folder, and returns a message about what it did.</param>
    public async Task<StepOutcome> WriteAsync(Func<string, CancellationToken, Task<string>> write, CancellationToken cancellation)
    {
        if (Directory.Exists(app.Package(hash)))
            return new StepOutcome.Succeeded();
        var target = Path.Combine(app.Packages, Unfinished + hash);
        Delete(target);
        Directory.CreateDirectory(target);
        try
        {
            var note = await write(target, cancellation);
            if (!File.Exists(Path.Combine(target, "host.json")))
                throw new PackageException("NoApp", "the package has no host.json at its root, so it is no function app");
            OpenUp(new(target));
            if (OperatingSystem.IsLinux())
                Posix.SyncFileSystem(target);
            Directory.Move(target, app.Package(hash));
            return new StepOutcome.Succeeded(note);
        }
        catch
        {
            Delete(target);
            throw;
        }
    }

    /// <summary>Notes that the package is served from now on: see <see cref="InstalledIn"/>.</summary>
    public void Touch(DateTimeOffset now) => Directory.SetLastWriteTimeUtc(app.Package(hash), now.UtcDateTime);

    /// <summary>Removes the package; half of it is never taken for the whole.</summary>
    public void Remove()
    {
        var aside = Path.Combine(app.Packages, Going + hash);
        Delete(aside);
        if (Directory.Exists(app.Package(hash)))
            Directory.Move(app.Package(hash), aside);
        Delete(aside);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    // Whatever the agent's umask, and whatever a zip file or npm has set.
    private static void OpenUp(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        folder.UnixFileMode = UnixFileMode.UserWrite | Read | Run;
        foreach (var item in folder.EnumerateFileSystemInfos().Where(i => i.LinkTarget is null))
        {
            if (item is DirectoryInfo inner)
                OpenUp(inner);
            else
                item.UnixFileMode = UnixFileMode.UserWrite | Read | (item.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? Run : 0);
        }
    }
}
