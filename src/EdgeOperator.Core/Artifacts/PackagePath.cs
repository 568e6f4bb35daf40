namespace EdgeOperator.Core.Artifacts;

/// <summary>Paths of files in sources and packages: relative, with <c>/</c>, and harmless wherever they are used later.</summary>
public static class PackagePath
{
    public const int MaxLength = 1024;

    /// <summary>What is wrong with a path; null when it is fine.</summary>
    public static string? Problem(string path) =>
        path.Length > MaxLength ? $"is longer than {MaxLength} characters"
        : path.Any(IsUnprintable) ? "has control characters or bytes that are not UTF-8"
        : path.Split('/').Select(ProblemOfName).FirstOrDefault(p => p is not null);

    public static bool IsUnprintable(char c) => char.IsControl(c) || c == '\uFFFD';

    /// <summary>A path for people, however it came.</summary>
    public static string Printable(string path)
    {
        var clean = string.Concat(path.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length > 100 ? clean[..100] + "…" : clean;
    }

    private static string? ProblemOfName(string name) => name switch
    {
        "" => "has an empty component",
        "." or ".." => $"has the component {name}",
        _ when name.Equals(".git", StringComparison.OrdinalIgnoreCase) => "has the component .git",
        _ => null,
    };
}
