using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Text;

/// <summary>
/// The patterns of one <c>.gitignore</c> file, or of another with its syntax. Source: https://git-scm.com/docs/gitignore#_pattern_format.
/// </summary>
/// <remarks>What lies in an ignored folder is ignored as well, whatever its own patterns say: whoever walks a tree doesn't enter such a folder.</remarks>
public sealed class IgnorePatterns
{
    private readonly ImmutableArray<Pattern> _patterns;

    private IgnorePatterns(ImmutableArray<Pattern> patterns) => _patterns = patterns;

    public int Count => _patterns.Length;

    /// <param name="most">Patterns that are taken at most, the first ones.</param>
    /// <param name="longest">Characters of a pattern; longer ones are left out.</param>
    public static IgnorePatterns Parse(string text, int most = int.MaxValue, int longest = int.MaxValue) => new(
    [
        .. text.TrimStart('\uFEFF').Split('\n')
            .Select(line => TrimEnd(line.EndsWith('\r') ? line[..^1] : line)).Where(line => line.Length <= longest)
            .Select(Read).OfType<Pattern>().Take(most),
    ]);

    /// <summary>Whether a file or folder itself is ignored.</summary>
    /// <inheritdoc cref="Decide"/>
    public bool IsIgnored(string path, bool isFolder) => Decide(path, isFolder) ?? false;

    /// <summary>What the patterns say of a file or folder itself: the last one that matches decides.</summary>
    /// <param name="path">From the folder of the patterns, with <c>/</c> between names and none at the ends.</param>
    /// <returns>Whether it is ignored; null when none matches.</returns>
    public bool? Decide(string path, bool isFolder)
    {
        for (var i = _patterns.Length - 1; i >= 0; i--)
        {
            if ((isFolder || !_patterns[i].IsFolderOnly) && _patterns[i].Path.IsMatch(path))
                return !_patterns[i].IsNegated;
        }

        return null;
    }

    private static Pattern? Read(string line)
    {
        if (line.Length == 0 || line[0] == '#')
            return null;
        var isNegated = line[0] == '!';
        if (isNegated)
            line = line[1..];
        var isFolderOnly = line.EndsWith('/');
        if (isFolderOnly)
            line = line[..^1];
        if (line.Length == 0)
            return null;

        // A slash at the beginning or in the middle ties the pattern to the folder of the patterns.
        var isAnchored = line.Contains('/', StringComparison.Ordinal);
        if (line[0] == '/')
            line = line[1..];
        return Expression(line) is { } expression ? new(new($@"\A{(isAnchored ? "" : "(?:.*/)?")}{expression}\z", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant), isNegated, isFolderOnly) : null;
    }

    /// <summary>Blanks at the end don't count, unless there is a backslash before them.</summary>
    private static string TrimEnd(string line)
    {
        var end = line.Length;
        while (end > 0 && line[end - 1] == ' ' && !IsEscaped(line, end - 1))
            end--;
        return line[..end];
    }

    private static bool IsEscaped(string line, int index)
    {
        var backslashes = 0;
        while (index - backslashes > 0 && line[index - backslashes - 1] == '\\')
            backslashes++;
        return backslashes % 2 == 1;
    }

    /// <returns>Null for a pattern that can match nothing.</returns>
    private static string? Expression(string glob)
    {
        var expression = new StringBuilder();
        for (var i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*':
                    var start = i;
                    while (i + 1 < glob.Length && glob[i + 1] == '*')
                        i++;
                    var isWhole = i > start && (start == 0 || glob[start - 1] == '/') && (i + 1 == glob.Length || glob[i + 1] == '/');
                    if (!isWhole)
                        expression.Append("[^/]*");
                    else if (i + 1 == glob.Length)
                        expression.Append(".+");
                    else
                    {
                        // With the slash behind it: any folders, or none.
                        expression.Append("(?:.*/)?");
                        i++;
                    }

                    break;
                case '?':
                    expression.Append("[^/]");
                    break;
                case '[':
                    if (Class(glob, ref i) is not { } set)
                        return null;
                    expression.Append(set);
                    break;
                case '\\':
                    if (++i == glob.Length)
                        return null;
                    expression.Append(Regex.Escape(glob[i].ToString()));
                    break;
                default:
                    expression.Append(Regex.Escape(glob[i].ToString()));
                    break;
            }
        }

        return expression.ToString();
    }

    /// <param name="i">The bracket that opens; afterwards, the one that closes.</param>
    /// <returns>Null when none closes.</returns>
    private static string? Class(string glob, ref int i)
    {
        var at = i + 1;
        var isNegated = at < glob.Length && glob[at] is '!' or '^';
        if (isNegated)
            at++;
        var set = new StringBuilder();
        for (var first = at; at < glob.Length && (glob[at] != ']' || at == first); at++)
        {
            if (glob[at] == '[' && at + 1 < glob.Length && glob[at + 1] == ':' && glob.IndexOf(":]", at + 2, StringComparison.Ordinal) is var end && end > 0)
            {
                if (Named(glob[(at + 2)..end]) is not { } named)
                    return null;
                set.Append(named);
                at = end + 1;
                continue;
            }

            if (glob[at] == '\\' && ++at == glob.Length)
                return null;
            set.Append(glob[at] == '-' && at != first && at + 1 < glob.Length && glob[at + 1] != ']' ? "-" : $"\\u{(int)glob[at]:x4}");
        }

        if (at >= glob.Length)
            return null;
        i = at;

        // A class never matches a slash.
        return isNegated ? $"[^/{set}]" : $"[{set}-[/]]";
    }

    private static string? Named(string name) => name switch
    {
        "alnum" => "a-zA-Z0-9",
        "alpha" => "a-zA-Z",
        "blank" => " \\t",
        "digit" => "0-9",
        "lower" => "a-z",
        "space" => "\\s",
        "upper" => "A-Z",
        "xdigit" => "0-9a-fA-F",
        "punct" => "!-\\/:-@\\[-`{-~",
        _ => null,
    };

    private sealed record Pattern(Regex Path, bool IsNegated, bool IsFolderOnly);
}
