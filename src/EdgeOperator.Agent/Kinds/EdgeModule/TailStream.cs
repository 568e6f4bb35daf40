namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Takes whatever is written and keeps its end.</summary>
/// <param name="limit">Bytes that are kept.</param>
internal sealed class TailStream(int limit) : Stream
{
    private byte[] _bytes = [];
    private int _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public byte[] ToArray() => _bytes[Math.Max(0, _length - limit).._length];

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > limit)
            buffer = buffer[^limit..];

        // Twice the limit is held, so that not every write moves what is kept.
        if (_length + buffer.Length > 2 * limit)
        {
            var kept = Math.Min(_length, limit);
            _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
            _length = kept;
        }

        if (_bytes.Length < _length + buffer.Length)
            Array.Resize(ref _bytes, Math.Min(Math.Max(_length + buffer.Length, 2 * _bytes.Length), 2 * limit));
        buffer.CopyTo(_bytes.AsSpan(_length));
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
