using EdgeOperator.Core.Artifacts;

namespace EdgeOperator.Git.Tree;

/// <summary>Paths inside a source: relative, with <c>/</c>, and harmless wherever they are used later.</summary>
internal static class TreePath
{
    public const int MaxLength = PackagePath.MaxLength;

    /// <summary>What is wrong with a path; null when it is fine.</summary>
    public static string? Problem(string path) => PackagePath.Problem(path);

    /// <exception cref="FetchException">The path is not acceptable.</exception>
    public static string Check(string path) =>
        Problem(path) is { } problem ? throw new FetchException(FetchReasons.Refused, $"the path {Printable(path)} {problem}") : path;

    /// <summary>
    /// The path up to the first name with control characters or bytes that are not UTF-8, those replaced by U+FFFD; null when there is none.
    /// Such a name is somebody's mistake, not an attack, and concerns only who refers to it.
    /// </summary>
    public static string? Unprintable(string path)
    {
        var names = path.Split('/');
        var first = Array.FindIndex(names, name => name.Any(PackagePath.IsUnprintable));
        return first < 0 ? null : string.Concat(string.Join('/', names[..(first + 1)]).Select(c => PackagePath.IsUnprintable(c) ? '\uFFFD' : c));
    }

    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    /// <summary>The folder of a path; empty for one at the root.</summary>
    public static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string Printable(string path) => PackagePath.Printable(path);
}
