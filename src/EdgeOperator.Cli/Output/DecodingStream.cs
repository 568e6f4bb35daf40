using System.Text;

namespace EdgeOperator.Cli.Output;

/// <summary>Bytes from somewhere else, such as a container's log, read as UTF-8. Only for writing, and nothing waits.</summary>
internal abstract class DecodingStream : Stream
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
        WriteText(characters.AsSpan(0, _decoder.GetChars(buffer, characters, flush: false)));
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Takes what has been written so far; a character whose bytes have not all come comes with the next.</summary>
    protected abstract void WriteText(ReadOnlySpan<char> text);
}
