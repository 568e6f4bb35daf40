using System.Text.RegularExpressions;

namespace EdgeOperator.Git;

/// <summary>Text that goes to a log or a condition.</summary>
internal static partial class GitText
{
    private const int MaxLength = 300;

    /// <summary>One short line without control characters and without credentials in addresses.</summary>
    public static string Clean(string text)
    {
        var line = Login().Replace(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)), "$1").Trim();
        return line.Length > MaxLength ? line[..MaxLength] + "…" : line;
    }

    public static string Short(string id) => id.Length > 7 ? id[..7] : id;

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s@']*(?:@[^/\s@']*)*@")]
    private static partial Regex Login();
}
