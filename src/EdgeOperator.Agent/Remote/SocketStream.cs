using System.IO.Pipelines;
using System.Net.WebSockets;

namespace EdgeOperator.Agent.Remote;

/// <summary>
/// A WebSocket as a stream whose reads and writes may be cancelled without an end to the connection: a WebSocket itself is aborted by that.
/// </summary>
/// <param name="life">Ends the connection.</param>
internal sealed class SocketStream(WebSocket socket, CancellationToken life) : Stream
{
    private const int Size = 32 * 1024;

    private readonly Pipe _received = new();
    private Stream? _input;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Receives until the other side closes.</summary>
    public async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(_received.Writer.GetMemory(Size), life);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                _received.Writer.Advance(part.Count);
                if ((await _received.Writer.FlushAsync(life)).IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // It has gone without a word.
        }

        await _received.Writer.CompleteAsync();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => (_input ??= _received.Reader.AsStream()).ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, life);
        }
        catch (WebSocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
