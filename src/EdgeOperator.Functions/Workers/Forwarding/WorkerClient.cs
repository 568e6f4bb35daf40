using System.Net;
using System.Net.Sockets;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>HTTP/1.1 to one worker on a loopback port or a Unix socket. Nothing is followed, stored or unpacked on the way.</summary>
public sealed class WorkerClient : IDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker _invoker;
    private readonly string _origin;

    public WorkerClient(EndPoint endpoint)
    {
        Endpoint = endpoint;
        Connections = new(endpoint);
        _origin = endpoint is IPEndPoint ? $"http://{endpoint}" : "http://localhost";
        _invoker = new(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectCallback = async (_, cancellation) =>
                    new NetworkStream(await WorkerConnection.ConnectAsync(endpoint, cancellation), ownsSocket: true),
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
                PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
                UseCookies = false,
                UseProxy = false,
            },
            disposeHandler: true);
    }

    public EndPoint Endpoint { get; }

    /// <summary>For requests that are passed on.</summary>
    internal ConnectionPool Connections { get; }

    /// <param name="pathAndQuery">Begins with a slash; sent exactly as it is written.</param>
    public HttpRequestMessage Request(HttpMethod method, string pathAndQuery) => new(method, new Uri(_origin + pathAndQuery, AsWritten));

    /// <returns>The answer once its headers have come; its body is still to be read.</returns>
    /// <exception cref="WorkerLostException">The worker is not there, or went away, or answers no HTTP.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _invoker.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw e.HttpRequestError switch
            {
                HttpRequestError.ConnectionError => new WorkerLostException($"nothing listens on {Endpoint}", e) { Reached = false },
                HttpRequestError.InvalidResponse => new WorkerLostException("the worker's answer is no HTTP", e),
                HttpRequestError.ResponseEnded => new WorkerLostException("the worker hung up before it answered", e),
                _ => new WorkerLostException($"the worker gave no answer: {(e.InnerException ?? e).Message}", e),
            };
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        Connections.Dispose();
    }
}
