using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// A managed path as it was found: its folder held open, checked against the allowed roots, and what is in it. All that
/// is done with the file goes through here, so that nothing but a plain file in an allowed folder is ever read or written.
/// </summary>
internal sealed class ResolvedPath : IDisposable
{
    private readonly string _name;
    private DirectoryHandle? _folder;

    private ResolvedPath(string path) => (Path, _name) = (path, System.IO.Path.GetFileName(path));

    /// <summary>As the manifest has it.</summary>
    public string Path { get; }

    /// <summary>Why the path can't be managed; null when it can. No other member may be used then.</summary>
    public string? Refused { get; private set; }

    /// <summary>Null when there is no file.</summary>
    public FileStatus? Status { get; private set; }

    /// <summary>Folders on the way to the file that do not exist, outermost first.</summary>
    public ImmutableArray<string> MissingFolders { get; private set; } = [];

    /// <summary>The path by which to reach the file, for calls that do not follow symlinks.</summary>
    public string Access => _folder!.At(_name);

    public static ResolvedPath Find(AllowedPaths allowed, string path)
    {
        var place = new ResolvedPath(path);
        try
        {
            place.Refused = allowed.Refusal(path) ?? place.Look(allowed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            place.Refused = place.Explain(e);
        }

        return place;
    }

    public void MakeFolders()
    {
        foreach (var missing in MissingFolders)
        {
            using var outer = _folder;
            _folder = outer!.MakeFolder(System.IO.Path.GetFileName(missing));
        }

        MissingFolders = [];
    }

    /// <exception cref="IOException">It is not there any more, or has become something else than a file.</exception>
    public Stream OpenRead()
    {
        if (!OperatingSystem.IsLinux())
            return File.OpenRead(Access);

        var handle = Posix.OpenFile(Access);
        if (Posix.Status(handle).IsFile)
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        handle.Dispose();
        throw new IOException($"{Path} has become something else than a file");
    }

    /// <summary>Whether others can reach the file, though by this mode nobody else should.</summary>
    [SupportedOSPlatform("windows")]
    public bool IsOpenDespite(UnixFileMode mode) => AtomicFile.IsPrivate(mode) && !PrivateAccess.IsPrivate(Access);

    /// <summary>What went wrong, with the paths as the manifest has them.</summary>
    public string Explain(Exception e) => _folder?.Explain(e.Message) ?? e.Message;

    public void Dispose() => _folder?.Dispose();

    private string? Look(AllowedPaths allowed)
    {
        (_folder, MissingFolders) = AllowedPaths.Nearest(System.IO.Path.GetDirectoryName(Path)!);
        var real = MissingFolders.Aggregate(_folder.RealPath, (r, missing) => System.IO.Path.Combine(r, System.IO.Path.GetFileName(missing)));
        if (allowed.RefusalOfFolder(real) is { } refusal)
            return refusal;
        if (allowed.RefusalOfFile(System.IO.Path.Combine(real, System.IO.Path.GetFileName(Path))) is { } protectedFile)
            return protectedFile;
        if (MissingFolders.IsEmpty)
            Status = FileStatus.Of(Access);
        return Status switch
        {
            null or { IsFile: true } => null,
            { IsFolder: true } => "it is a folder",
            { IsLink: true } => $"it is a symlink to {new FileInfo(Access).LinkTarget}; manage that path, or remove the link",
            _ => "it is a device, a pipe or a socket",
        };
    }
}
