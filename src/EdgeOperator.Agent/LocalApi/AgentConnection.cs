using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>HTTP over the agent's Unix socket, and what can go wrong with it.</summary>
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
        HttpMethod method, string path, TimeSpan limit, CancellationToken cancellation, HttpContent? content = null)
    {
        var response = await BeginAsync(method, path, content, limit, cancellation);
        if (response.IsSuccessStatusCode)
            return response;

        using (response)
        {
            throw response.Content.Headers.ContentType?.MediaType == ProblemDocument.MediaType
                ? new AgentRefusedException(await ReadAsync(response, ProtocolJson.Default.ProblemDocument, cancellation))
                : Unreachable(new InvalidDataException($"it answered {(int)response.StatusCode} without a reason"));
        }
    }

    public AgentUnreachableException Unreachable(Exception cause) => new(_socket, cause);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> BeginAsync(
        HttpMethod method, string path, HttpContent? content, TimeSpan limit, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ended.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
        }
        catch (HttpRequestException exception)
        {
            throw exception.InnerException is SocketException cause ? new AgentUnreachableException(_socket, cause) : Unreachable(exception);
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
        UnixSocket.ConnectAsync(_socket, cancellation);
}
