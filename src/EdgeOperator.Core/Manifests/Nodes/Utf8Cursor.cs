namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Turns ascending byte offsets of a text into positions, looking at each byte once.</summary>
internal sealed class Utf8Cursor(string file)
{
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    /// <param name="offset">Not below the one asked for before.</param>
    public Position Advance(ReadOnlySpan<byte> text, int offset)
    {
        for (; _offset < offset; _offset++)
        {
            if (text[_offset] == '\n' || IsLoneReturn(text))
                (_line, _column) = (_line + 1, 1);
            else if ((text[_offset] & 0xC0) != 0x80)
                _column++;
        }
        return new(file, _line, _column);
    }

    private bool IsLoneReturn(ReadOnlySpan<byte> text) =>
        text[_offset] == '\r' && (_offset + 1 == text.Length || text[_offset + 1] != '\n');
}
