namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>The folders below which a device lets ConfigFiles lie, by their names alone: where links lead is known on the device only.</summary>
public static class AllowedRoots
{
    /// <summary>Why a path can't be managed; null when it can.</summary>
    /// <param name="path">Absolute, of Linux or Windows.</param>
    public static string? Refusal(string path, IReadOnlyCollection<string> roots) => roots.Any(root => IsBelow(path, root)) ? null : Outside(path, roots);

    public static string Outside(string path, IEnumerable<string> roots) =>
        $"{path} is not below an allowed root ({string.Join(", ", roots)}); see files.allowedRoots in the agent's configuration";

    /// <summary>Whether a path lies below a folder, both absolute and plain: as Windows compares them where the path is one of Windows.</summary>
    public static bool IsBelow(string path, string folder)
    {
        var (separator, comparison) = path.StartsWith('/') ? ('/', StringComparison.Ordinal) : ('\\', StringComparison.OrdinalIgnoreCase);
        var root = (separator == '/' ? folder : folder.Replace('/', separator)).TrimEnd(separator);
        return path.Length > root.Length && path[root.Length] == separator && path.StartsWith(root, comparison);
    }
}
