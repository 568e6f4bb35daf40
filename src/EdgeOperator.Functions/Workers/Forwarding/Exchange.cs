using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>One request and its answer on one connection.</summary>
internal sealed class Exchange(HttpContext context, WorkerConnection connection)
{
    private const int LongestHead = 256 * 1024;

    private readonly bool _hasBody = RequestHead.HasBody(context.Request);
    private bool _answerBegan;

    public bool Succeeded { get; private set; }

    /// <summary>Whether the same request may go out again: the connection was old, nothing came back, and it changes nothing.</summary>
    public bool MayRepeat =>
        connection.WasUsed && !_answerBegan && !_hasBody
        && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method));

    /// <returns>Whether the connection is fit for another request.</returns>
    public async ValueTask<bool> RunAsync(IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        var body = _hasBody ? new RequestBody(context.Request, connection) : null;
        Task<bool>? sending = null;
        var whole = false;
        try
        {
            RequestHead.Write(connection, context, headers);
            if (body is null)
            {
                await connection.FlushAsync();
            }
            else
            {
                sending = body.SendAsync();
            }

            await ReadHeadAsync();
            whole = await AnswerAsync(cancellation);
        }
        catch (Exception e) when (!context.Response.HasStarted && e is SocketException or IOException or ObjectDisposedException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw body?.Failure switch
            {
                null => new WorkerLostException($"the worker hung up before it answered: {e.Message}", e),
                BadHttpRequestException tooLong => tooLong,
                var gone => new OperationCanceledException("the client hung up", gone),
            };
        }
        finally
        {
            if (sending is { IsCompleted: false })
            {
                connection.Dispose();
                context.Request.BodyReader.CancelPendingRead();
                whole = false;
            }
        }

        var sent = sending is null || await sending;
        Succeeded = connection.Head.Status < StatusCodes.Status500InternalServerError;
        return whole && sent && connection.Head.KeepsAlive;
    }

    private async ValueTask ReadHeadAsync()
    {
        var head = connection.Head;
        do
        {
            int end;
            while ((end = connection.Unread.IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (connection.Unread.Length > LongestHead)
                {
                    throw new WorkerLostException($"the headers of the worker's answer have more than {LongestHead} bytes");
                }

                if (!await connection.FillAsync())
                {
                    throw new IOException("the connection ended");
                }

                _answerBegan = true;
            }

            if (!head.TryParse(connection.Unread[..end]) || head.Status == StatusCodes.Status101SwitchingProtocols)
            {
                throw new WorkerLostException("the worker's answer is no HTTP");
            }

            connection.Consume(end + 4);
        }
        while (head.Status < 200);
    }

    private async ValueTask<bool> AnswerAsync(CancellationToken cancellation)
    {
        var head = connection.Head;
        head.CopyTo(context.Response);
        var body = new ResponseBody(connection, context.Response.BodyWriter);
        if (HttpMethods.IsHead(context.Request.Method) || head.Status is 204 or 304)
        {
            return true;
        }

        await context.Response.StartAsync(cancellation);
        if (head.IsChunked)
        {
            return await body.CopyChunksAsync(cancellation);
        }

        if (head.Length is { } length)
        {
            return await body.CopyAsync(length, cancellation) && await body.FinishAsync(cancellation);
        }

        await body.CopyUntilEndAsync(cancellation);
        return false;
    }
}
