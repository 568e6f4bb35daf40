using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Passes a request's body on while the answer may be on its way already.</summary>
internal sealed class RequestBody(HttpRequest from, WorkerConnection to)
{
    private readonly bool _chunked = from.ContentLength is null;

    /// <summary>What went wrong on the client's side; the connection to the worker is cut then.</summary>
    public Exception? Failure { get; private set; }

    /// <returns>Whether all of it was sent; a worker that stops reading is left to explain itself in its answer.</returns>
    public async Task<bool> SendAsync()
    {
        try
        {
            for (var missing = from.ContentLength ?? long.MaxValue; missing > 0;)
            {
                if (!from.BodyReader.TryRead(out var read))
                {
                    await to.FlushAsync();
                    read = await ReadAsync();
                }

                foreach (var part in read.Buffer)
                {
                    await WriteAsync(part);
                }

                missing -= read.Buffer.Length;
                from.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled)
                {
                    return false;
                }

                if (read.IsCompleted)
                {
                    break;
                }
            }

            if (_chunked)
            {
                to.Write("0\r\n\r\n"u8);
            }

            await to.FlushAsync();
            return true;
        }
        catch (Exception e) when (Failure is null && e is SocketException or ObjectDisposedException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // BadHttpRequestException is an IOException: too long, or cut short.
            Failure = e;
            to.Dispose();
            return false;
        }
    }

    private async ValueTask<ReadResult> ReadAsync() => await from.BodyReader.ReadAsync();

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> part)
    {
        if (part.Length == 0)
        {
            return;
        }

        if (!_chunked)
        {
            await to.WriteAsync(part);
            return;
        }

        to.Write(part.Length.ToString("x"));
        to.Write("\r\n"u8);
        await to.WriteAsync(part);
        to.Write("\r\n"u8);
    }
}
