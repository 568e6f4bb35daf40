namespace EdgeOperator.Git;

/// <summary>The rules of <c>git check-ref-format</c>.</summary>
internal static class RefName
{
    /// <summary>What is wrong with a branch's or tag's name; null when it is fine.</summary>
    public static string? Problem(string name) =>
        name.Length is 0 or > 512 ? "is empty or too long"
        : name.StartsWith('-') ? "begins with a dash"
        : name.Any(c => char.IsControl(c) || " ~^:?*[\\".Contains(c)) ? "has a character that no ref may have"
        : name.Contains("..") || name.Contains("@{") || name.EndsWith('.') || name == "@" ? "has a sequence that no ref may have"
        : name.Split('/').Any(p => p.Length == 0 || p.StartsWith('.') || p.EndsWith(".lock", StringComparison.Ordinal)) ? "has a component that no ref may have"
        : null;

    /// <exception cref="FetchException">The name is not acceptable.</exception>
    public static string Check(string name) =>
        Problem(name) is { } problem ? throw new FetchException(FetchReasons.Refused, $"the ref {GitText.Clean(name)} {problem}") : name;
}
