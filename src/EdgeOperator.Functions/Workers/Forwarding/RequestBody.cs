using System.Net;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>A request's body on its way to a worker, never held as a whole.</summary>
internal sealed class RequestBody(HttpRequest request) : HttpContent
{
    /// <summary>What went wrong on the client's side of it.</summary>
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await ReadAsync();
            foreach (var part in read.Buffer)
            {
                await stream.WriteAsync(part, cancellationToken);
            }

            reader.AdvanceTo(read.Buffer.End);
            await stream.FlushAsync(cancellationToken);
            if (read.IsCompleted || read.IsCanceled)
            {
                return;
            }
        }

        async ValueTask<System.IO.Pipelines.ReadResult> ReadAsync()
        {
            try
            {
                return await reader.ReadAsync(cancellationToken);
            }
            catch (Exception e)
            {
                Failure = e;
                throw;
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = request.ContentLength ?? 0;
        return request.ContentLength is not null;
    }
}
