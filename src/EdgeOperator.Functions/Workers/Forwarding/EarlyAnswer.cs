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
        Headers.AddAll(answer.Headers);
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

    private sealed class Watched(Stream answer, Exchange exchange) : ReadOnlyStream(answer)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await Inner.ReadAsync(buffer, cancellationToken);
            if (count == 0 && buffer.Length > 0 && exchange.IsSending)
            {
                exchange.IsAnsweredEarly = true;
                exchange.Body!.Cut();
            }

            return count;
        }
    }
}
