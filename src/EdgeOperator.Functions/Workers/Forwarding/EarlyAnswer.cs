using System.Net;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>An answer that began before the request's body had ended. At its end, the rest of the body is of use to nobody.</summary>
internal sealed class EarlyAnswer : HttpContent
{
    private readonly HttpContent _answer;
    private readonly Exchange _exchange;

    public EarlyAnswer(HttpContent answer, Exchange exchange)
    {
        (_answer, _exchange) = (answer, exchange);
        foreach (var (name, values) in answer.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new Watched(await _answer.ReadAsStreamAsync(cancellationToken), _exchange);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class Watched(Stream answer, Exchange exchange) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await answer.ReadAsync(buffer, cancellationToken);
            if (count == 0 && buffer.Length > 0 && exchange.IsSending)
            {
                exchange.IsAnsweredEarly = true;
                exchange.Body!.Cut();
            }

            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                answer.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
