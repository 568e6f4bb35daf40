using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Hub.Rest;

/// <summary>
/// An answer's body that is sent in pieces as large as they are written. Kestrel puts what is written to the body's own stream into blocks of
/// 4 KiB, and TLS makes a record of each.
/// </summary>
internal sealed class WholeWrites(HttpResponse response) : WriteOnlyStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Before the head has gone, what is written is copied once more, and into blocks.
        if (!response.HasStarted)
            await response.StartAsync(cancellationToken);
        buffer.CopyTo(response.BodyWriter.GetMemory(buffer.Length));
        response.BodyWriter.Advance(buffer.Length);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
