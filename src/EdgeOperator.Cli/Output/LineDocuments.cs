using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Output;

/// <summary>Lines from somewhere else, such as a container's log, printed as a document each. Only for writing; the last line ends with the stream.</summary>
/// <param name="hasTimes">Each line begins with its time and a space.</param>
internal sealed class LineDocuments(Printer printer, bool hasTimes) : Stream
{
    /// <summary>Characters; what is longer is more than one line.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var characters = new char[_decoder.GetCharCount(buffer, flush: false)];
        var left = characters.AsSpan(0, _decoder.GetChars(buffer, characters, flush: false));
        while (left.IndexOf('\n') is >= 0 and var end)
        {
            Append(left[..end]);
            PrintLine();
            left = left[(end + 1)..];
        }

        Append(left);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _line.Length > 0)
            PrintLine();
        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<char> text)
    {
        while (_line.Length + text.Length > LongestLine)
        {
            var part = LongestLine - _line.Length;
            _line.Append(text[..part]);
            PrintLine();
            text = text[part..];
        }

        _line.Append(text);
    }

    private void PrintLine()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        var time = hasTimes ? line.IndexOf(' ', StringComparison.Ordinal) : -1;
        printer.PrintNext(time < 0 ? new JsonObject { ["line"] = line } : new JsonObject { ["time"] = line[..time], ["line"] = line[(time + 1)..] });
    }
}
