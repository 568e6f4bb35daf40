using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Portal;

/// <summary>
/// Asks the service API as a client does, without a connection: the same routes with the same rights, limits and audit log. The portal has
/// no other way to the hub.
/// </summary>
internal sealed class InProcessApi(ServiceApi api) : IHubApi
{
    private const string Authorization = "Authorization";

    public async Task<HubAnswer> SendAsync(HubCall call, string? token, IPAddress? from, CancellationToken cancellation)
    {
        var body = call.Body is { } content ? JsonSerializer.SerializeToUtf8Bytes(content) : [];
        using var sent = new MemoryStream(body, writable: false);
        using var received = new MemoryStream();
        var http = new DefaultHttpContext { RequestAborted = cancellation };
        http.Connection.RemoteIpAddress = from;
        Address(http, call.Method, "/" + call.Path, token);
        http.Request.Body = sent;
        http.Request.ContentLength = body.Length;
        if (body.Length > 0)
            http.Request.ContentType = "application/json";
        if (call.Match is { } match)
            http.Request.Headers.IfMatch = match;
        if (call.Continuation is { } continuation)
            http.Request.Headers[Paging.Continuation] = continuation;
        http.Response.Body = received;
        await api.AnswerAsync(http);
        cancellation.ThrowIfCancellationRequested();
        return new(http.Response.StatusCode, received.Length == 0 ? null : JsonNode.Parse(received.ToArray()), http.Response.Headers["iothub-errorcode"].ToString())
        {
            Continuation = http.Response.Headers[Paging.Continuation].ToString() is { Length: > 0 } more ? more : null,
        };
    }

    public Task ForwardAsync(HttpContext http, string target, string token)
    {
        Address(http, http.Request.Method, target, token);
        return api.AnswerAsync(http);
    }

    private static void Address(HttpContext http, string method, string target, string? token)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        http.Request.Method = method;
        http.Request.PathBase = "";
        http.Request.Path = PathString.FromUriComponent(query < 0 ? target : target[..query]);
        http.Request.QueryString = new(query < 0 ? "" : target[query..]);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        if (token is null)
            http.Request.Headers.Remove(Authorization);
        else
            http.Request.Headers.Authorization = $"Bearer {token}";
    }
}
