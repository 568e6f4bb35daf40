using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using Microsoft.Win32.SafeHandles;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// A folder that is held open, so that what is done in it is done in that very folder, even when somebody puts a symlink
/// in its place in the meantime.
/// </summary>
internal sealed class DirectoryHandle : IDisposable
{
    private readonly SafeFileHandle? _handle;
    private readonly string _access;

    [SupportedOSPlatform("linux")]
    private DirectoryHandle(SafeFileHandle handle)
    {
        _handle = handle;
        _access = Posix.PathOf(handle);
        RealPath = new FileInfo(_access).LinkTarget ?? throw new IOException("/proc is not mounted, so no path can be checked");
    }

    // Windows keeps an open folder from being renamed, so that its path stays the way to it.
    [SupportedOSPlatform("windows")]
    private DirectoryHandle(string path)
    {
        _handle = WindowsFolder.Open(path);
        _access = RealPath = WindowsFolder.PathOf(_handle);
    }

    /// <summary>Where the folder really is, without any symlink.</summary>
    public string RealPath { get; }

    /// <summary>Null when there is no such folder.</summary>
    /// <exception cref="IOException">There is something else, or it may not be opened.</exception>
    public static DirectoryHandle? Open(string path, bool follow = true)
    {
        if (OperatingSystem.IsLinux())
            return Posix.OpenFolder(path, follow) is { } handle ? new(handle) : null;
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        if (!Directory.Exists(path))
            return null;
        return follow || !File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint) ? new(path) : throw new IOException($"{path} is a link");
    }

    /// <summary>The path by which to reach something in the folder.</summary>
    public string At(string name) => Path.Combine(_access, name);

    /// <summary>Opens a folder in this one, making it (0755) when it is missing.</summary>
    /// <exception cref="IOException">A symlink or something else is in its place.</exception>
    public DirectoryHandle MakeFolder(string name)
    {
        if (FileStatus.Of(At(name)) is null)
        {
            Directory.CreateDirectory(At(name));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(At(name), (UnixFileMode)0b111_101_101);
        }

        return Open(At(name), follow: false) ?? throw new IOException($"{Path.Combine(RealPath, name)} was removed just now");
    }

    /// <summary>A message about a path in the folder, as people know that path.</summary>
    public string Explain(string message) => message.Replace(_access, RealPath, StringComparison.Ordinal);

    public void Dispose() => _handle?.Dispose();
}
