using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Sends requests to a worker as they came, and its answers back as they are; both bodies are streamed.</summary>
public sealed class HttpForwarder(WorkerClient client)
{
    /// <param name="headers">Set on the way to the worker, in place of any that the request has under the same name.</param>
    /// <param name="cancellation">Besides the request's own end.</param>
    /// <returns>Whether the worker answered with less than 500, and to the end.</returns>
    /// <exception cref="WorkerLostException">Nothing has been answered yet: the caller may.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the connection is cut if an answer had begun.</exception>
    /// <exception cref="BadHttpRequestException">The request's own body is at fault: too long, or cut short.</exception>
    public async Task<bool> ForwardAsync(
        HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation)
    {
        using var request = client.Request(HttpMethod.Parse(context.Request.Method), Target(context.Request));
        var body = RequestHeaders.Copy(context, request, headers);
        using var response = await SendAsync(request, body, cancellation);
        context.Response.StatusCode = (int)response.StatusCode;
        ResponseHeaders.Copy(response, context.Response.Headers);
        try
        {
            await CopyBodyAsync(response.Content, context.Response, cancellation);
            return (int)response.StatusCode < StatusCodes.Status500InternalServerError;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException && context.Response.HasStarted)
        {
            // The client must not take half an answer for a whole one.
            context.Abort();
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, RequestBody? body, CancellationToken cancellation)
    {
        try
        {
            return await client.SendAsync(request, cancellation);
        }
        catch (WorkerLostException) when (body?.Failure is BadHttpRequestException failure)
        {
            throw failure;
        }
        catch (WorkerLostException) when (body?.Failure is not null && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    private static string Target(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return raw is ['/', ..] ? raw : request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
    }

    // Flushed after each read, so that what a worker streams arrives as it comes; but a short answer leaves in one piece.
    private static async Task CopyBodyAsync(HttpContent content, HttpResponse response, CancellationToken cancellation)
    {
        var length = content.Headers.ContentLength;
        await response.StartAsync(cancellation);
        if (length == 0 || HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            return;
        }

        var from = await content.ReadAsStreamAsync(cancellation);
        for (long copied = 0; copied != length;)
        {
            var count = await from.ReadAsync(response.BodyWriter.GetMemory(), cancellation);
            if (count == 0)
            {
                return;
            }

            response.BodyWriter.Advance(count);
            copied += count;
            if (copied != length)
            {
                await response.BodyWriter.FlushAsync(cancellation);
            }
        }
    }
}
