using System.Globalization;
using System.Text;

namespace EdgeOperator.Core.Text;

/// <summary>
/// Text from a party that is not trusted (a repository, a registry, a container, a guest), made harmless for a terminal.
/// Control characters become caret notation (<c>^[</c>), invisible and direction-changing ones their code point
/// (<c>&lt;U+202E&gt;</c>), as <c>less</c> shows them. Line feeds and tabs stay.
/// </summary>
public static class TerminalText
{
    /// <summary>Escapes <paramref name="text"/>; a line may end with CR LF, which becomes LF.</summary>
    public static string Escape(string text)
    {
        if (TerminalEscaper.IsPlain(text))
            return text;

        var escaped = new StringBuilder(text.Length + 16);
        var escaper = new TerminalEscaper();
        escaper.Append(text, escaped);
        escaper.Complete(escaped);
        return escaped.ToString();
    }

    /// <summary>As <see cref="Escape"/>, on one line: line breaks and tabs become spaces.</summary>
    public static string EscapeLine(string text) =>
        Escape(text.AsSpan().ContainsAny("\r\n\t") ? text.Replace("\r\n", " ").Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ') : text);

    /// <summary>Whether a terminal could act on the character, or show nothing for it.</summary>
    public static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => rune.Value is not ('\n' or '\t'),
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate => true,
        _ => IsInvisible(rune.Value),
    };

    /// <remarks>What Unicode lists as ignorable by default outside the category Format. Variation selectors stay: emoji need them.</remarks>
    private static bool IsInvisible(int value) =>
        value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0 or (>= 0x180B and <= 0x180F) or (>= 0xE0000 and <= 0xE0FFF);
}
