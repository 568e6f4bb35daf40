using System.Net;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>JSON with the length that simple handlers need, and one long string in it that is escaped while it is sent.</summary>
/// <param name="body">Null where there is none.</param>
internal sealed class HandlerContent(ReadOnlyMemory<byte> json, LongText? body) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (body is null)
        {
            await stream.WriteAsync(json, cancellationToken);
            return;
        }

        await stream.WriteAsync(json[..body.At], cancellationToken);
        foreach (var piece in body.Pieces())
        {
            await stream.WriteAsync(piece, cancellationToken);
        }

        await stream.WriteAsync(json[body.At..], cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = json.Length + (body?.Pieces().Sum(p => (long)p.Length) ?? 0);
        return true;
    }
}
