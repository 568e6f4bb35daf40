using System.Buffers;
using Spectre.Console.Rendering;

namespace EdgeOperator.Cli.Output;

/// <summary>Text in lines that are no wider than a number of a terminal's columns. Nothing but space at a break is left out.</summary>
internal static class TextWrap
{
    /// <summary>Where a long word is broken rather than anywhere.</summary>
    private static readonly SearchValues<char> Separators = SearchValues.Create("/-_.,:;@=+?&|");

    /// <summary>Columns that a text takes: characters of East Asian scripts and emoji take two.</summary>
    public static int Width(string text) => System.Text.Ascii.IsValid(text) ? text.Length : new Segment(text).CellCount();

    /// <summary>Spaces that fill a text up to a width.</summary>
    public static string Fill(string text, int width) => new(' ', Math.Max(0, width - Width(text)));

    /// <param name="width">At least 2, which the widest character needs.</param>
    /// <returns>At least one line.</returns>
    public static IReadOnlyList<string> Lines(string text, int width) => Lines(text, width, width);

    /// <param name="next">The width of all lines but the first.</param>
    public static IReadOnlyList<string> Lines(string text, int width, int next)
    {
        if (Width(text) <= width)
            return [text];

        var lines = new List<string>();
        var rest = text.TrimEnd(' ');
        while (Width(rest) > width)
        {
            var fitting = Fitting(rest, width);
            var cut = rest[fitting] == ' ' ? fitting : Break(rest, fitting);
            lines.Add(rest[..cut].TrimEnd(' '));
            rest = rest[cut..].TrimStart(' ');
            width = next;
        }

        lines.Add(rest);
        return lines;
    }

    /// <summary>How many characters fit, one code point at least.</summary>
    private static int Fitting(string text, int width)
    {
        var (length, used) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            used += Width(rune.ToString());
            if (used > width && length > 0)
                break;

            length += rune.Utf16SequenceLength;
        }

        return length;
    }

    /// <summary>After the last space that fits, or after a separator that is not too far to the left, or at the very end.</summary>
    private static int Break(string text, int fitting)
    {
        var space = text.LastIndexOf(' ', fitting - 1);
        if (space > 0)
            return space;

        var separator = text.AsSpan(0, fitting).LastIndexOfAny(Separators);
        return separator >= fitting / 2 ? separator + 1 : fitting;
    }
}
