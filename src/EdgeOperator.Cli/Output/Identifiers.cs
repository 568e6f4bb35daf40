using System.Text.RegularExpressions;

namespace EdgeOperator.Cli.Output;

/// <summary>Digests and other long hexadecimal identifiers, abbreviated as Docker does. What they select is still found by the beginning.</summary>
internal static partial class Identifiers
{
    /// <summary>Keeps the first 12 digits of each run of 32 or more.</summary>
    public static string Abbreviate(string text) => LongHex().Replace(text, "$1");

    [GeneratedRegex("(?<![0-9A-Za-z])([0-9a-f]{12})[0-9a-f]{20,}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex LongHex();
}
