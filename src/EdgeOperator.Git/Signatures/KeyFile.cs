using EdgeOperator.Platform.Files;

namespace EdgeOperator.Git.Signatures;

/// <summary>
/// A file with trusted keys. It belongs to the device: one that comes out of the repository that it verifies would let the
/// repository decide itself whom to trust.
/// </summary>
internal static class KeyFile
{
    /// <param name="what">What the file is, for messages.</param>
    /// <param name="stateFolder">Where the agent keeps what its sources delivered.</param>
    /// <returns>The file's real path.</returns>
    /// <exception cref="FetchException">It is missing, no file that can be read, or comes out of a repository.</exception>
    public static string Check(string what, string file, GitUrl url, string stateFolder)
    {
        try
        {
            ReferencedFile.Check(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unverified($"the {what} {file} does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unverified($"the {what} can't be used: {e.Message}");
        }

        var real = RealPath(file);
        foreach (var path in (string[])[Path.GetFullPath(file), real])
        {
            if (IsBelow(path, stateFolder) || IsBelow(path, RealPath(stateFolder)))
                throw Unverified($"the {what} {file} lies in {stateFolder}, which holds what repositories delivered: keep it in the device's own configuration, such as /etc/edgeoperator");
            if (url.LocalPath is { } repository && (IsBelow(path, repository) || IsBelow(path, RealPath(repository))))
                throw Unverified($"the {what} {file} lies in the repository that it verifies: keep it in the device's own configuration, such as /etc/edgeoperator");
            if (CheckoutOf(path, url) is { } checkout)
                throw Unverified($"the {what} {file} lies in {checkout}, a checkout of the repository that it verifies: keep it in the device's own configuration, such as /etc/edgeoperator");
        }

        return real;
    }

    /// <summary>The innermost working tree that a path lies in, if its repository has to do with the address.</summary>
    private static string? CheckoutOf(string path, GitUrl url)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var git = Path.Combine(folder, ".git");
            if (Path.Exists(git))
                return Remotes(git, folder).Any(url.IsSameRepository) ? folder : null;
        }

        return null;
    }

    // A linked working tree or a submodule has a file there that names the folder.
    private static IEnumerable<string> Remotes(string git, string folder)
    {
        const string Pointer = "gitdir:";
        if (File.Exists(git) && File.ReadAllText(git) is var text && text.StartsWith(Pointer, StringComparison.Ordinal))
            git = Path.GetFullPath(text[Pointer.Length..].Trim(), folder);

        var common = Path.Combine(git, "commondir");
        if (File.Exists(common))
            git = Path.GetFullPath(File.ReadAllText(common).Trim(), git);

        var config = Path.Combine(git, "config");
        return File.Exists(config)
            ? [folder, .. from line in File.ReadLines(config)
                          let parts = line.Split('=', 2, StringSplitOptions.TrimEntries)
                          where parts is ["url" or "pushurl", _]
                          select parts[1].Trim('"')]
            : [folder];
    }

    private static bool IsBelow(string path, string folder)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return path.StartsWith(root, StringComparison.Ordinal) && path.Length > root.Length && path[root.Length] == Path.DirectorySeparatorChar;
    }

    // Symlinks on the way count too, which the framework does not resolve at once.
    private static string RealPath(string path)
    {
        const int MaxLinks = 40;
        var full = Path.GetFullPath(path);
        for (var links = 0; links < MaxLinks; links++)
        {
            if (FirstLink(full) is not var (link, target))
                return full;

            full = Path.GetFullPath(Path.Join(Path.GetFullPath(target, Path.GetDirectoryName(link)!), full[link.Length..]));
        }

        throw Unverified($"the path {path} leads through too many symlinks");
    }

    private static (string Link, string Target)? FirstLink(string full)
    {
        for (var end = full.IndexOf(Path.DirectorySeparatorChar, 1); ; end = full.IndexOf(Path.DirectorySeparatorChar, end + 1))
        {
            var part = end < 0 ? full : full[..end];
            if (new FileInfo(part).LinkTarget is { } target)
                return (part, target);
            if (end < 0)
                return null;
        }
    }

    private static FetchException Unverified(string message) => new(FetchReasons.Unverified, message);
}
