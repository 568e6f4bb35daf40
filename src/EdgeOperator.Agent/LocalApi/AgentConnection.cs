using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>HTTP over the agent's Unix socket, or on Windows its pipe, and what can go wrong with it.</summary>
internal sealed class AgentConnection : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    public AgentConnection(string socket)
    {
        _socket = socket;
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync };
        _http = new(handler) { BaseAddress = new("http://agent"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request and reads its whole answer.</summary>
    /// <param name="limit">The time it may take; infinite for as long as it takes.</param>
    /// <exception cref="AgentUnreachableException"/>
    /// <exception cref="AgentRefusedException"/>
    public async Task<T> AskAsync<T>(
        HttpMethod method, string path, JsonTypeInfo<T> type, TimeSpan limit, CancellationToken cancellation, HttpContent? content = null)
    {
        using var response = await SendAsync(method, path, limit, cancellation, content);
        return await ReadAsync(response, type, cancellation);
    }

    /// <summary>Sends a request and returns once the answer begins.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, TimeSpan limit, CancellationToken cancellation, HttpContent? content = null, string? upgrade = null)
    {
        var response = await BeginAsync(method, path, content, upgrade, limit, cancellation);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols)
            return response;

        using (response)
        {
            throw response.Content.Headers.ContentType?.MediaType == ProblemDocument.MediaType
                ? new AgentRefusedException(await ReadAsync(response, ProtocolJson.Default.ProblemDocument, cancellation))
                : Unreachable(new InvalidDataException($"it answered {(int)response.StatusCode} without a reason"));
        }
    }

    /// <summary>Sends a request whose connection becomes another protocol's.</summary>
    /// <returns>Its content is the connection.</returns>
    public async Task<HttpResponseMessage> UpgradeAsync(string path, string protocol, TimeSpan limit, CancellationToken cancellation)
    {
        var response = await SendAsync(HttpMethod.Post, path, limit, cancellation, content: null, protocol);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            return response;

        response.Dispose();
        throw Unreachable(new InvalidDataException($"it does not speak {protocol}: it is of an earlier version"));
    }

    public AgentUnreachableException Unreachable(Exception cause) => new(_socket, cause);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> BeginAsync(
        HttpMethod method, string path, HttpContent? content, string? upgrade, TimeSpan limit, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ended.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (upgrade is not null)
            {
                request.Headers.Connection.Add("Upgrade");
                request.Headers.Upgrade.Add(new(upgrade));
            }

            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
        }
        catch (HttpRequestException exception)
        {
            // What a pipe refuses is an IOException.
            throw Unreachable(exception switch
            {
                { InnerException: SocketException refused } => refused,
                { HttpRequestError: HttpRequestError.ConnectionError, InnerException: IOException refused } => refused,
                _ => exception,
            });
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(new TimeoutException($"no answer within {limit.TotalSeconds:0} s"));
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            throw Unreachable(exception);
        }
    }

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) =>
        LocalPipe.NameOf(_socket) is { } pipe ? LocalPipe.ConnectAsync(pipe, cancellation) : UnixSocket.ConnectAsync(_socket, cancellation);
}
