using System.Net.Http.Headers;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Agent.Drivers.Functions;

/// <summary>Talks to an app's host over its Unix socket.</summary>
internal sealed class HostClient : IDisposable
{
    /// <summary>For what the host has at hand.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;

    public HostClient(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (_, cancellation) => ConnectAsync(socket, cancellation),
        };
        _http = new(handler)
        {
            BaseAddress = new("http://host"),
            Timeout = Timeout.InfiniteTimeSpan,

            // The other end may be anything that the app's user has put there.
            MaxResponseContentBufferSize = 4 * 1024 * 1024,
        };
    }

    /// <summary>Null when the host does not answer, or not as a host does.</summary>
    public async Task<HostReport?> StatusAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            var answer = await _http.GetByteArrayAsync(new Uri("/status", UriKind.Relative), limit.Token);
            return JsonSerializer.Deserialize(answer, HostJson.Default.HostReport);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Asks for a generation. False when the host does not answer; it finds the request when it starts.</summary>
    public async Task<bool> PutAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var content = new ReadOnlyMemoryContent(request);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await _http.PutAsync(new Uri("/generation", UriKind.Relative), content, limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Sends on what somebody asks the host; returns once the answer begins.</summary>
    /// <exception cref="HttpRequestException">The host does not answer.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    public void Dispose() => _http.Dispose();

    private static ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        // The app's user owns the folder, and must not have the agent talk to somebody else.
        return new FileInfo(path).LinkTarget is null
            ? UnixSocket.ConnectAsync(path, cancellation)
            : throw new IOException($"{path} is a symlink, and so no host's socket");
    }
}
