using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EdgeOperator.Core.Interop;

/// <summary>
/// Words of a command line for <c>sh</c>, quoted so that each arrives as it is: a word of harmless characters stays bare, any
/// other stands in single quotes, inside of which a single quote is written <c>'\''</c> (POSIX.1-2024, Shell Command Language 2.2).
/// </summary>
public static class ShellWords
{
    // Without "=": NAME=value as the first word would be an assignment. Without "~", which is expanded.
    private static readonly SearchValues<char> Bare =
        SearchValues.Create("%+,-./0123456789:@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    /// <exception cref="ArgumentException">The word contains a NUL, which no argument can.</exception>
    public static string Quote(string word)
    {
        if (word.Contains('\0'))
            throw new ArgumentException("An argument can't contain a NUL character.", nameof(word));
        return IsBare(word) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>The words with one space between them; empty for none.</summary>
    /// <exception cref="ArgumentException">A word contains a NUL.</exception>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>
    /// The exact inverse of <see cref="Join"/>, which never runs or expands anything: what is not written as <see cref="Quote"/>
    /// writes it is refused, but for single quotes around a word that needs none.
    /// </summary>
    public static bool TryParse(string text, out ImmutableArray<string> words)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        words = [];
        for (var at = 0; at < text.Length || found.Count > 0; at++)
        {
            if (!TryReadWord(text, ref at, out var word))
                return false;
            found.Add(word);
            if (at == text.Length)
                break;
            if (text[at] != ' ')
                return false;
        }

        words = found.ToImmutable();
        return true;
    }

    private static bool TryReadWord(string text, ref int at, [NotNullWhen(true)] out string? word)
    {
        if (at < text.Length && text[at] == '\'')
            return TryReadQuoted(text, ref at, out word);

        var length = text.AsSpan(at).IndexOfAnyExcept(Bare);
        word = length < 0 ? text[at..] : text.Substring(at, length);
        at += word.Length;
        return word.Length > 0;
    }

    private static bool TryReadQuoted(string text, ref int at, [NotNullWhen(true)] out string? word)
    {
        const string Apostrophe = "'\\''";
        var content = new StringBuilder();
        word = null;
        for (at++; text.IndexOf('\'', at) is var end and >= 0; at = end + Apostrophe.Length)
        {
            content.Append(text, at, end - at);
            if (string.CompareOrdinal(text, end, Apostrophe, 0, Apostrophe.Length) != 0)
            {
                at = end + 1;
                word = content.ToString();
                return !word.Contains('\0');
            }

            content.Append('\'');
        }

        return false;
    }

    private static bool IsBare(string word) => word.Length > 0 && word.AsSpan().IndexOfAnyExcept(Bare) < 0;
}
