namespace EdgeOperator.Platform.Streams;

/// <summary>
/// Reads what a less trusted party sends, up to a number of bytes. Whatever the agent keeps of such input in memory is read
/// through this, or through <see cref="LineReader"/>.
/// </summary>
/// <param name="inner">Disposed with this, unless <paramref name="leaveOpen"/>.</param>
/// <param name="limit">Bytes; one more is an <see cref="InputTooLargeException"/>.</param>
/// <param name="what">What is read, for the message: <c>the answer to GET /metrics</c>.</param>
public sealed class BoundedStream(Stream inner, long limit, string what, bool leaveOpen = false) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="InputTooLargeException">It has more than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAllAsync(Stream stream, int limit, string what, CancellationToken cancellation, bool leaveOpen = false)
    {
        using var content = new MemoryStream();
        await using var bounded = new BoundedStream(stream, limit, what, leaveOpen);
        await bounded.CopyToAsync(content, cancellation);
        return content.ToArray();
    }

    /// <summary>Reads a stream to its end and keeps its first bytes, for programs that would wait to be read.</summary>
    public static async Task<byte[]> ReadStartAsync(Stream stream, int limit, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
            content.Write(buffer, 0, Math.Min(count, limit - (int)content.Length));
        return content.ToArray();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Counted(int count)
    {
        _read += count;
        return _read <= limit ? count : throw new InputTooLargeException($"{what} has more than {limit} bytes");
    }
}

/// <summary>A less trusted party sends more than the agent reads of it.</summary>
public sealed class InputTooLargeException(string message) : IOException(message);
