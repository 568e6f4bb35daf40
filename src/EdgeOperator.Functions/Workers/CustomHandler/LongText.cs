using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>What stands between the quotes of a long JSON string, made piece by piece: never in memory as a whole.</summary>
/// <param name="At">Where it belongs in the JSON around it.</param>
/// <param name="IsBinary">Written in base64; otherwise it is text in UTF-8, with U+FFFD for what is none.</param>
internal sealed record LongText(int At, ReadOnlyMemory<byte> Bytes, bool IsBinary)
{
    // A multiple of 3: base64 without padding within.
    private const int PieceSize = 48 * 1024;
    private const int LongestEscape = 6;
    private const int LongestUtf8 = 3;

    /// <summary>Its pieces. Each is valid until the next one is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces() => IsBinary ? Base64Pieces() : TextPieces();

    private IEnumerable<ReadOnlyMemory<byte>> Base64Pieces()
    {
        var piece = new byte[Base64.GetMaxEncodedToUtf8Length(PieceSize)];
        for (var at = 0; at < Bytes.Length; at += PieceSize)
        {
            Base64.EncodeToUtf8(Bytes.Span[at..Math.Min(at + PieceSize, Bytes.Length)], piece, out _, out var written);
            yield return piece.AsMemory(0, written);
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> TextPieces()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        // One surrogate may be left over from the piece before.
        var text = new char[PieceSize + 2];
        var escaped = new char[text.Length * LongestEscape];
        var piece = new byte[escaped.Length * LongestUtf8];
        var kept = 0;
        for (var at = 0; at < Bytes.Length || kept > 0; at += PieceSize)
        {
            var end = Math.Min(at + PieceSize, Bytes.Length);
            var isLast = end == Bytes.Length;
            var count = kept + decoder.GetChars(Bytes.Span[Math.Min(at, end)..end], text.AsSpan(kept), flush: isLast);
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text.AsSpan(0, count), escaped, out var consumed, out var written, isLast);
            kept = count - consumed;
            text.AsSpan(consumed, kept).CopyTo(text);
            yield return piece.AsMemory(0, Encoding.UTF8.GetBytes(escaped.AsSpan(0, written), piece));
        }
    }
}
