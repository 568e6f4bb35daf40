using System.Buffers;
using System.Text;

namespace EdgeOperator.Core.Interop;

/// <summary>
/// Text of systems whose strings are bytes: UTF-8, and any byte that is not part of it as a lone surrogate from U+DC80 to U+DCFF (as
/// Python's PEP 383 has it), so that it comes out again as it went in.
/// </summary>
public static class PosixText
{
    private const char Escape = '\uDC00';

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status == OperationStatus.Done)
                text.Append(rune.ToString());
            else
                foreach (var stray in bytes[..length])
                    text.Append((char)(Escape + stray));
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The inverse of <see cref="Decode"/>; other lone surrogates become U+FFFD.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (status != OperationStatus.Done && rest[0] is >= '\uDC80' and <= '\uDCFF')
                bytes.Write([(byte)(rest[0] - Escape)]);
            else
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            rest = rest[length..];
        }

        return bytes.WrittenSpan.ToArray();
    }
}
