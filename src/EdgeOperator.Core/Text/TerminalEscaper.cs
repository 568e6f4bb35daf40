using System.Buffers;
using System.Globalization;
using System.Text;

namespace EdgeOperator.Core.Text;

/// <summary><see cref="TerminalText"/> for a stream of pieces: a CR LF or a surrogate pair may be split between two of them.</summary>
public sealed class TerminalEscaper
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        ['\n', '\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    /// <summary>The last character of the piece before, when its meaning depends on the next one; 0 for none.</summary>
    private char _held;

    /// <summary>Nothing in the text needs escaping, without a closer look.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Plain);

    /// <summary>Appends the escaped form of the next piece.</summary>
    public void Append(ReadOnlySpan<char> text, StringBuilder to)
    {
        if (_held != 0 && !text.IsEmpty)
        {
            text = string.Concat([_held], text);
            _held = '\0';
        }

        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            to.Append(plain < 0 ? text : text[..plain]);
            if (plain < 0)
                return;

            text = text[plain..];
            if (text.Length == 1 && (text[0] == '\r' || char.IsHighSurrogate(text[0])))
            {
                _held = text[0];
                return;
            }

            text = text[AppendFirst(text, to)..];
        }
    }

    /// <summary>Appends what was held back for a next piece: there is none.</summary>
    public void Complete(StringBuilder to)
    {
        if (_held != 0)
            AppendFirst([_held], to);

        _held = '\0';
    }

    /// <returns>How many characters were read.</returns>
    private static int AppendFirst(ReadOnlySpan<char> text, StringBuilder to)
    {
        if (text is ['\r', '\n', ..])
            return 1;

        if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done)
            to.Append(CultureInfo.InvariantCulture, $"<U+{(int)text[0]:X4}>");
        else if (!TerminalText.IsUnsafe(rune))
            to.Append(text[..length]);
        else if (rune.Value is < 0x20 or 0x7F)
            to.Append('^').Append((char)(rune.Value ^ 0x40));
        else
            to.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");

        return length;
    }
}
