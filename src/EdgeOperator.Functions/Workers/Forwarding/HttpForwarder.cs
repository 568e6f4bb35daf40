using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// Sends requests to a worker as they came, and its answers back as they are, by YARP; both bodies are streamed, at the
/// same time if need be. The server's <c>ResponseHeaderEncodingSelector</c> has to say Latin1 where answers may have other headers than ASCII.
/// </summary>
public sealed class HttpForwarder(WorkerClient client)
{
    private static readonly IHttpForwarder Yarp =
        new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider().GetRequiredService<IHttpForwarder>();

    private static readonly ForwarderRequestConfig Configuration = new()
    {
        // Who calls knows how long a function may take.
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <param name="headers">Set on the way to the worker, in place of any that the request has under the same name.</param>
    /// <param name="cancellation">Has to end with the request.</param>
    /// <param name="gate">Null to pass every answer on at once.</param>
    /// <returns>Whether the worker answered with less than 500, and to the end; false too when the gate dropped the answer.</returns>
    /// <exception cref="WorkerLostException">Nothing has been answered yet: the caller may.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the client has gone; its connection is cut if an answer had begun.</exception>
    /// <exception cref="BadHttpRequestException">The request's own body is at fault: too long, malformed or cut short.</exception>
    public async Task<bool> ForwardAsync(
        HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellation, AnswerGate? gate = null)
    {
        // Functions have no other protocols; YARP would pass them on.
        context.Features.Set<IHttpUpgradeFeature>(null);
        for (var connections = 1; ; connections++)
        {
            var (error, exchange) = await SendAsync(context, headers, gate, cancellation);
            if (error == ForwarderError.None)
            {
                return context.Response.StatusCode < StatusCodes.Status500InternalServerError;
            }

            var failure = context.Features.Get<IForwarderErrorFeature>()?.Exception ?? new IOException($"{error}");
            cancellation.ThrowIfCancellationRequested();
            if (error == ForwarderError.Request && exchange is { IsSent: false } && !WorkerClient.IsUnreachable(failure) && connections < WorkerClient.MostConnections)
            {
                // A kept connection had ended: nothing of the request was sent.
                continue;
            }

            return exchange.IsAnsweredEarly
                ? context.Response.StatusCode < StatusCodes.Status500InternalServerError
                : Fail(context, error, failure);
        }
    }

    private async Task<(ForwarderError Error, Exchange Exchange)> SendAsync(
        HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers, AnswerGate? gate, CancellationToken cancellation)
    {
        var exchange = new Exchange(context.Features.Get<ClientTime>());
        Exchange.Current = exchange;
        if (!context.Response.HasStarted)
        {
            // YARP leaves the status of an attempt that failed, and throws where there is one already.
            context.Response.StatusCode = StatusCodes.Status200OK;
        }

        try
        {
            var request = new WorkerRequest(client, exchange, headers, gate);
            return (await Yarp.SendAsync(context, client.Origin, client.Forwarding, Configuration, request, cancellation), exchange);
        }
        finally
        {
            // The body reads from the request until then.
            await (exchange.Body?.Sending ?? Task.CompletedTask);
            exchange.Client?.AwaitReader(false);
        }
    }

    private bool Fail(HttpContext context, ForwarderError error, Exception failure)
    {
        switch (error)
        {
            case ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.RequestCanceled when !context.Response.HasStarted:
                throw (Exception?)BadRequest(failure) ?? new OperationCanceledException("the client hung up", failure);
            case ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyClient:
                throw new OperationCanceledException("the client hung up", failure);
            case var _ when context.Response.HasStarted:
                // The client must not take half an answer for a whole one.
                context.Abort();
                return false;
            case ForwarderError.ResponseHeaders:
                throw new WorkerLostException($"the worker's answer can't be passed on: {failure.Message}", failure);
            case ForwarderError.Request or ForwarderError.RequestBodyDestination:
                throw client.Explain(failure);
            default:
                throw new WorkerLostException($"the worker did not answer: {failure.Message}", failure);
        }
    }

    private static BadHttpRequestException? BadRequest(Exception? failure) => failure switch
    {
        null => null,
        BadHttpRequestException bad => bad,
        AggregateException many => many.InnerExceptions.Select(BadRequest).FirstOrDefault(e => e is not null),
        _ => BadRequest(failure.InnerException),
    };
}
