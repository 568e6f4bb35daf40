using System.Buffers;
using System.Buffers.Text;
using System.Net;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// Sends a request's body while its answer may be on its way already. <see cref="SocketsHttpHandler"/> reads no answer of
/// HTTP/1.1 before it has sent all of the request; so this content lets it send the head, and sends the body itself on
/// the same connection, framed as that head says. What the handler then writes for the body is dropped by <see cref="WorkerStream"/>.
/// </summary>
internal sealed class DuplexBody : HttpContent
{
    private static readonly byte[] Nothing = new byte[64 * 1024];

    private readonly HttpContent _body;
    private readonly Exchange _exchange;
    private readonly CancellationTokenSource _end;
    private volatile bool _isComplete;

    /// <param name="body">Its headers say the length; without one it is sent in chunks.</param>
    public DuplexBody(HttpContent body, Exchange exchange, CancellationToken cancellation)
    {
        (_body, _exchange) = (body, exchange);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Headers.AddAll(body.Headers);
    }

    /// <summary>Whether all of it was sent, so that another request may follow on the connection.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Completes when nothing more is read from the client or sent; never fails.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    /// <summary>Sends no more of it, because the answer has come to its end.</summary>
    public void Cut() => _end.Cancel();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken);
        var length = Headers.ContentLength;
        _exchange.Body = this;
        Sending = SendAsync(_exchange.Connection!, isChunked: length is null);

        // The handler counts; nothing of this is sent.
        for (var left = length ?? 0; left > 0; left -= Nothing.Length)
        {
            await stream.WriteAsync(Nothing.AsMemory(0, (int)Math.Min(left, Nothing.Length)), cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _end.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(WorkerStream connection, bool isChunked)
    {
        try
        {
            _exchange.Client?.AwaitBody(true);
            var framed = new Framed(connection, isChunked, _exchange.Client);
            await _body.CopyToAsync(framed, _end.Token);
            _isComplete = await framed.EndAsync(_end.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or HttpRequestException)
        {
            // The client's part broke off, which the body's source has reported to its caller: the worker must not wait for the rest.
            await connection.DisposeAsync();
        }
        finally
        {
            _exchange.Client?.AwaitBody(false);
        }
    }

    /// <summary>The wire: bytes as they are, or in chunks.</summary>
    private sealed class Framed(WorkerStream connection, bool isChunked, ClientTime? client) : WriteOnlyStream
    {
        private const int LongestChunkHead = 10;

        private bool _hasFailed;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Length == 0)
            {
                return;
            }

            _hasFailed = true;
            client?.AwaitBody(false);
            await (isChunked ? WriteChunkAsync(buffer, cancellationToken) : connection.SendBodyAsync(buffer, cancellationToken));
            _hasFailed = false;
            client?.AwaitBody(true);
        }

        /// <returns>False when a part of the body could not be sent, because the worker takes no more.</returns>
        public async ValueTask<bool> EndAsync(CancellationToken cancellation)
        {
            client?.AwaitBody(false);
            if (isChunked && !_hasFailed)
            {
                await connection.SendBodyAsync("0\r\n\r\n"u8.ToArray(), cancellation);
            }

            return !_hasFailed;
        }

        private async ValueTask WriteChunkAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(data.Length + LongestChunkHead + 2);
            try
            {
                Utf8Formatter.TryFormat((uint)data.Length, buffer, out var count, new StandardFormat('x'));
                "\r\n"u8.CopyTo(buffer.AsSpan(count));
                data.CopyTo(buffer.AsMemory(count += 2));
                "\r\n"u8.CopyTo(buffer.AsSpan(count += data.Length));
                await connection.SendBodyAsync(buffer.AsMemory(0, count + 2), cancellation);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
