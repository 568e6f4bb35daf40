using System.Collections.Frozen;
using EdgeOperator.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// What a worker gets of a client's request. How the message is framed, which host it is for, and everything that is the
/// host's word comes from what Kestrel parsed or from the host, whatever the client's headers say.
/// </summary>
internal sealed class WorkerRequest(WorkerClient client, Exchange exchange, IReadOnlyList<KeyValuePair<string, string>> set, AnswerGate? gate)
    : HttpTransformer
{
    /// <summary>Headers of one connection (RFC 9110, 7.6.1), of the framing, and those that are always set anew.</summary>
    private static readonly FrozenSet<string> Own = FrozenSet.ToFrozenSet(
        [
            HeaderNames.Connection, HeaderNames.ContentLength, HeaderNames.Expect, HeaderNames.Host, "HTTP2-Settings", HeaderNames.KeepAlive,
            HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization, HeaderNames.ProxyConnection, HeaderNames.TE, HeaderNames.Trailer,
            HeaderNames.TransferEncoding, HeaderNames.Upgrade,
        ],
        StringComparer.OrdinalIgnoreCase);

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var request = httpContext.Request;
        proxyRequest.RequestUri = client.Address(RequestTarget.Of(request));
        proxyRequest.Content?.Headers.ContentLength = request.ContentLength;
        foreach (var (name, values) in request.Headers)
        {
            if (!IsOwn(name) && !IsSet(name) && !IsOfConnection(request.Headers.Connection, name))
            {
                Add(proxyRequest, name, values);
            }
        }

        proxyRequest.Headers.Host = request.Host.Value is { Length: > 0 } host ? host : "localhost";
        foreach (var (name, value) in ReservedHeaders.Own(httpContext))
        {
            proxyRequest.Headers.TryAddWithoutValidation(name, value);
        }

        for (var i = 0; i < set.Count; i++)
        {
            proxyRequest.Headers.TryAddWithoutValidation(set[i].Key, set[i].Value);
        }

        return ValueTask.CompletedTask;
    }

    /// <exception cref="HttpRequestException">The answer's body can't be passed on.</exception>
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        if (proxyResponse.Headers.NonValidated.TryGetValues(HeaderNames.TransferEncoding, out var encodings)
            && !encodings.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpRequestException($"its body is in an unknown transfer encoding ({encodings})");
        }

        return (gate is null || await gate(proxyResponse, cancellationToken))
            && await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    private void Add(HttpRequestMessage to, string name, StringValues values)
    {
        if (to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            return;
        }

        // HttpClient takes some headers with a body alone.
        if (to.Content is { } content)
        {
            content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        else
        {
            (exchange.ContentHeaders ??= []).Add(new(name, values.ToArray()));
        }
    }

    private static bool IsOwn(string name)
    {
        var dashed = ReservedHeaders.Dashed(name);
        return Own.Contains(dashed) || ReservedHeaders.Has(dashed);
    }

    private bool IsSet(string name)
    {
        for (var i = 0; i < set.Count; i++)
        {
            if (set[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the client says that a header is meant for its connection alone.</summary>
    private static bool IsOfConnection(StringValues connection, string name)
    {
        foreach (var options in connection)
        {
            foreach (var option in options.AsSpan().Split(','))
            {
                if (options.AsSpan()[option].Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
