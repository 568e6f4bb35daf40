using System.Text;

namespace EdgeOperator.Cli.Output;

/// <summary>
/// Bytes from somewhere else, such as a container's log, on their way to a terminal: read as UTF-8 and escaped. Only for writing.
/// </summary>
internal sealed class EscapingStream(TextWriter escaping) : Stream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

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
        escaping.Write(characters, 0, _decoder.GetChars(buffer, characters, flush: false));
    }

    public override void Flush() => escaping.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
