using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Secrets;

/// <summary>
/// Files that exist in memory only (tmpfs), for secrets that containers and hosts of function apps read. They are gone after a
/// reboot, and written again before what needs them starts.
/// </summary>
/// <param name="stateDirectory">Tells the folders of several agents apart.</param>
internal sealed class MemoryFolder(string stateDirectory) : IMemoryFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passing = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string OnlyLinux = "files of secrets can only be kept in memory on Linux";

    private static readonly string[] Roots = ["/run/edgeoperator", "/dev/shm/edgeoperator"];
    private static readonly string[] InMemory = ["tmpfs", "ramfs"];

    private readonly string _name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory))))[..16];

    /// <summary>Where a group of files lies.</summary>
    /// <param name="forOthers">Another user than the agent's own reads them.</param>
    /// <exception cref="IOException">This host has no file system in memory.</exception>
    public string PathOf(string group, bool forOthers = false) =>
        OperatingSystem.IsLinux() ? Path.Combine(FindRoot(forOthers), group) : throw new IOException(OnlyLinux);

    /// <summary>Writes a group of files, unless they are there already as they should be.</summary>
    /// <param name="owner">Whose they are; null for the agent's own user.</param>
    /// <exception cref="IOException">They can't be written, or there is no file system in memory.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    public void Write(string group, IEnumerable<MemoryFile> files, FileOwner? owner = null)
    {
        if (!OperatingSystem.IsLinux())
            throw new IOException(OnlyLinux);
        var folder = PathOf(group, owner is not null);
        Directory.CreateDirectory(folder, Owner | (owner is null ? 0 : Passing));
        foreach (var (name, content, mode) in files)
        {
            var path = Path.Combine(folder, name);

            // A file that a container has mounted is not replaced: the container would keep the old one.
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content.Span))
                continue;
            AtomicFile.Write(path, content, mode, owner);
        }
    }

    /// <summary>Removes a group of files; does nothing when there is none.</summary>
    public void Delete(string group)
    {
        foreach (var folder in Roots.Select(root => Path.Combine(root, _name, group)).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    Task<string> IMemoryFiles.WriteAsync(string group, IReadOnlyCollection<MemoryFile> files, CancellationToken cancellation)
    {
        Write(group, files);
        return Task.FromResult(PathOf(group));
    }

    Task IMemoryFiles.DeleteAsync(string group, CancellationToken cancellation)
    {
        Delete(group);
        return Task.CompletedTask;
    }

    Task IMemoryFiles.RetainAsync(string prefix, IReadOnlyCollection<string> groups, CancellationToken cancellation)
    {
        foreach (var group in Roots.Select(root => Path.Combine(root, _name)).Where(Directory.Exists).SelectMany(folder => Directory.GetDirectories(folder, prefix + "*")).Select(Path.GetFileName))
        {
            if (!groups.Contains(group))
                Delete(group!);
        }

        return Task.CompletedTask;
    }

    /// <summary>Anybody may make a folder in <c>/dev/shm</c>.</summary>
    [SupportedOSPlatform("linux")]
    private static bool IsOwn(string folder) =>
        Posix.Status(folder) is { IsFolder: true } status && status.User == Posix.EffectiveUser
        && (File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;

    [SupportedOSPlatform("linux")]
    private string FindRoot(bool forOthers)
    {
        foreach (var root in Roots)
        {
            try
            {
                var folder = Path.Combine(root, _name);
                if (!Directory.Exists(Path.GetDirectoryName(root)) || !InMemory.Contains(new DriveInfo(Path.GetDirectoryName(root)!).DriveFormat))
                    continue;
                Directory.CreateDirectory(root, Owner | Passing);
                Directory.CreateDirectory(folder, Owner | Passing);
                if (IsOwn(root) && IsOwn(folder) && (!forOthers || File.GetUnixFileMode(root).HasFlag(UnixFileMode.OtherExecute)))
                    return folder;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next one may do.
            }
        }

        throw new IOException($"secrets need a file system in memory, and none of {string.Join(", ", Roots)} is one that the agent may write to: mount a tmpfs there");
    }
}
