using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>Which paths the agent manages: those below the allowed roots, as written and as they really are.</summary>
internal sealed class AllowedPaths(FilesConfiguration configuration, OwnPaths own)
{
    /// <summary>As the kernel has it.</summary>
    private const int MaxLinks = 40;

    private static readonly StringComparison Comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Why a path as it is written can't be managed; null when it can.</summary>
    public string? Refusal(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal) || NamesAStream(path) || !Path.IsPathFullyQualified(path)
            || Path.GetFullPath(path) != path || Path.GetFileName(path) is "")
            return "it is not a plain absolute path of a file; write it out, without '.', '..' and a '/' at the end";
        return configuration.AllowedRoots.Any(root => AllowedRoots.IsBelow(path, Plain(root))) ? null : Outside(path);
    }

    /// <summary>Why a file in a folder can't be managed; null when it can.</summary>
    /// <param name="realFolder">Where the folder really is, or will be: without symlinks.</param>
    public string? RefusalOfFolder(string realFolder)
    {
        return configuration.AllowedRoots.Any(root => IsAtOrBelow(realFolder, RealPath(Plain(root))))
            ? null
            : $"its folder is really {realFolder}: {Outside(realFolder)}";
    }

    /// <summary>The innermost existing folder on the way to <paramref name="path"/>, and the folders that are missing below it, outermost first.</summary>
    public static (DirectoryHandle Existing, ImmutableArray<string> Missing) Nearest(string path)
    {
        var missing = ImmutableArray<string>.Empty;
        for (var folder = path; ; folder = Path.GetDirectoryName(folder) ?? throw new IOException($"{path} has no root"))
        {
            if (DirectoryHandle.Open(folder) is { } existing)
                return (existing, missing);
            missing = missing.Insert(0, folder);
        }
    }

    /// <summary>Why a file can't be managed wherever it lies; null when it can.</summary>
    /// <param name="realPath">Where the file really is, or will be: in a folder without symlinks.</param>
    public string? RefusalOfFile(string realPath)
    {
        if (own.Folders.FirstOrDefault(folder => Overlaps(realPath, RealPath(Plain(folder)))) is { } kept)
            return $"it lies in {kept}, which the agent keeps for itself (its state, function apps, virtual machines, or its unit)";
        if (configuration.ProtectedFiles.Any(file => IsSame(file, realPath)))
            return "it is the agent's own configuration, a key or a credential that it names: only the device's operator changes those";
        return own.Files.Any(file => IsSame(file, realPath))
            ? "it is a program, a socket or the unit of the agent itself: only the device's operator changes those"
            : null;
    }

    // A file in the place of a folder that is still to be made would take the way to it.
    private static bool Overlaps(string realPath, string folder) => IsAtOrBelow(realPath, folder) || AllowedRoots.IsBelow(folder, realPath);

    // Wherever the configuration says that the file is, where it is in the end, and each link on the way.
    private static bool IsSame(string own, string realPath)
    {
        var path = Path.GetFullPath(own);
        for (var links = 0; links < MaxLinks; links++)
        {
            var folder = RealPath(Path.GetDirectoryName(path)!);
            path = Path.Combine(folder, Path.GetFileName(path));
            if (Overlaps(realPath, path))
                return true;
            if (new FileInfo(path).LinkTarget is not { } target)
                return false;
            path = Path.GetFullPath(target, folder);
        }

        return true;
    }

    /// <summary>Where a folder really is, or will be: without symlinks.</summary>
    public static string RealPath(string path)
    {
        var (existing, missing) = Nearest(path);
        using (existing)
            return missing.Aggregate(existing.RealPath, (real, folder) => Path.Combine(real, Path.GetFileName(folder)));
    }

    /// <summary>What NTFS keeps beside a file's content, as in <c>C:\a.txt:more</c>.</summary>
    private static bool NamesAStream(string path) => OperatingSystem.IsWindows() && path.LastIndexOf(':') > 1;

    private string Outside(string path) => AllowedRoots.Outside(path, configuration.AllowedRoots);

    public static string Plain(string root) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public static bool IsAtOrBelow(string path, string root) => string.Equals(path, root, Comparison) || AllowedRoots.IsBelow(path, root);
}
