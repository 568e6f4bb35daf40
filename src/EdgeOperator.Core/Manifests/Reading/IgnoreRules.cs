using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>
/// The patterns of the <c>.edgeopignore</c> files of a source, in Git's syntax (gitignore(5)): what they match is no manifest, and
/// may still be referred to as data.
/// </summary>
internal sealed class IgnoreRules
{
    public const string FileName = ".edgeopignore";

    private const int MostPatterns = 1000;
    private const int LongestPattern = 1000;

    /// <summary>Those of a deeper folder behind those above it: the last one that matches decides.</summary>
    private readonly ImmutableArray<Rule> _rules;

    private IgnoreRules(ImmutableArray<Rule> rules) => _rules = rules;

    public static IgnoreRules Of(IEnumerable<ManifestFile> files) => new(
    [
        .. files.Where(file => file.Refused is null && (file.Path == FileName || file.Path.EndsWith("/" + FileName, StringComparison.Ordinal)))
            .OrderBy(file => file.Path.Count(c => c == '/')).ThenBy(file => file.Path, StringComparer.Ordinal)
            .SelectMany(file => Read(file.Path[..^FileName.Length], Encoding.UTF8.GetString(file.Content.Span)))
            .Take(MostPatterns),
    ]);

    /// <summary>Whether the file, or a folder that it lies in, is left out. What lies in such a folder can't be taken in again.</summary>
    public bool Matches(string path)
    {
        if (_rules.IsEmpty)
            return false;
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (IsIgnored(path[..end], isFolder: true))
                return true;
        }

        return IsIgnored(path, isFolder: false);
    }

    private bool IsIgnored(string path, bool isFolder)
    {
        for (var i = _rules.Length - 1; i >= 0; i--)
        {
            var rule = _rules[i];
            if ((isFolder || !rule.IsForFolders) && path.StartsWith(rule.Folder, StringComparison.Ordinal) && rule.Pattern.IsMatch(path[rule.Folder.Length..]))
                return !rule.IsException;
        }

        return false;
    }

    private static IEnumerable<Rule> Read(string folder, string text)
    {
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r', ' ', '\t')).Where(line => line.Length is > 0 and <= LongestPattern && line[0] != '#'))
        {
            var isException = line[0] == '!';
            var pattern = isException ? line[1..] : line;
            var isForFolders = pattern.EndsWith('/');
            pattern = pattern.TrimEnd('/');
            if (pattern.Length > 0)
                yield return new(folder, new(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), isForFolders, isException);
        }
    }

    /// <summary>A pattern with a slash in it counts from its own folder, any other one at every depth.</summary>
    private static string Translate(string pattern)
    {
        var regex = new StringBuilder(pattern.Contains('/', StringComparison.Ordinal) ? @"\A" : @"\A(?:.*/)?");
        var i = pattern[0] == '/' ? 1 : 0;
        while (i < pattern.Length)
        {
            if (string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0)
            {
                regex.Append("(?:.*/)?");
                i += 3;
            }
            else if (string.CompareOrdinal(pattern, i, "**", 0, 2) == 0)
            {
                regex.Append(".*");
                i += 2;
            }
            else
            {
                var c = pattern[i];
                if (c == '\\' && i + 1 < pattern.Length)
                    c = pattern[++i];
                else if (c is '*' or '?')
                {
                    regex.Append(c == '*' ? "[^/]*" : "[^/]");
                    i++;
                    continue;
                }

                regex.Append(Regex.Escape(c.ToString()));
                i++;
            }
        }

        return regex.Append(@"\z").ToString();
    }

    /// <param name="Folder">Where the pattern stands, with a slash at its end; empty for the root.</param>
    private sealed record Rule(string Folder, Regex Pattern, bool IsForFolders, bool IsException);
}
