using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>HTTP/1.1 to one worker on a loopback port or a Unix socket. Nothing is followed, stored, unpacked or sent twice on the way.</summary>
public sealed class WorkerClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>So many may have been kept to a worker that has died; each is tried at most once.</summary>
    internal const int MostConnections = 100;

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker _invoker;
    private readonly HttpMessageInvoker _forwarding;

    public WorkerClient(EndPoint endpoint)
    {
        Endpoint = endpoint;
        Origin = endpoint is IPEndPoint ? $"http://{endpoint}" : "http://localhost";
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (_, cancellation) => new WorkerStream(await ConnectAsync(endpoint, cancellation)),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            UseCookies = false,
            UseProxy = false,
        };
        _invoker = new(handler, disposeHandler: false);
        _forwarding = new(new DuplexHandler(handler), disposeHandler: true);
    }

    public EndPoint Endpoint { get; }

    /// <summary>Such as <c>http://127.0.0.1:7071</c>.</summary>
    internal string Origin { get; }

    /// <summary>For requests that are passed on.</summary>
    internal HttpMessageInvoker Forwarding => _forwarding;

    /// <param name="pathAndQuery">Begins with a slash; sent exactly as it is written.</param>
    public HttpRequestMessage Request(HttpMethod method, string pathAndQuery) => new(method, Address(pathAndQuery));

    /// <returns>The answer once its headers have come; its body is still to be read.</returns>
    /// <exception cref="WorkerLostException">The worker is not there, or went away, or answers no HTTP.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        for (var connections = 1; ; connections++)
        {
            var exchange = new Exchange();
            Exchange.Current = exchange;
            try
            {
                return await _invoker.SendAsync(request, cancellation);
            }
            catch (HttpRequestException e) when (exchange.IsSent || IsUnreachable(e) || connections == MostConnections)
            {
                throw Explain(e);
            }
            catch (HttpRequestException)
            {
                // A kept connection had ended: nothing of the request was sent.
            }
        }
    }

    public void Dispose()
    {
        _forwarding.Dispose();
        _invoker.Dispose();
    }

    internal static bool IsUnreachable(Exception failure) => failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    internal Uri Address(string pathAndQuery) => new(Origin + pathAndQuery, AsWritten);

    internal WorkerLostException Explain(Exception failure) => failure switch
    {
        HttpRequestException { InnerException: ForeignListenerException foreign } => new WorkerLostException(foreign.Message, failure) { Reached = false, IsGone = true, IsForeign = true },
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException { SocketErrorCode: var error } } when IsRefusal(error) =>
            new WorkerLostException($"nothing listens on {Endpoint}", failure) { Reached = false, IsGone = true },
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
            new WorkerLostException($"no further connection to {Endpoint} can be had: {(failure.InnerException ?? failure).Message}", failure) { Reached = false },
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } =>
            new WorkerLostException("the worker's answer is no HTTP", failure),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => new WorkerLostException("the worker hung up before it answered", failure),
        _ => new WorkerLostException($"the worker did not answer: {(failure.InnerException ?? failure).Message}", failure),
    };

    // For a Unix socket AddressNotAvailable is a file that is not there; for a port, that the device has no port left for this end.
    private bool IsRefusal(SocketError error) =>
        error == SocketError.ConnectionRefused || error == SocketError.AddressNotAvailable && Endpoint is UnixDomainSocketEndPoint;

    /// <exception cref="SocketException">Nothing listens there, or can't be reached.</exception>
    /// <exception cref="ForeignListenerException">Somebody else listens there: nothing has been sent.</exception>
    internal static async ValueTask<Socket> ConnectAsync(EndPoint endpoint, CancellationToken cancellation)
    {
        var isTcp = endpoint is IPEndPoint;
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (isTcp)
            {
                socket.NoDelay = true;
            }

            var listener = ListenerCheck.Before(endpoint);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(endpoint, deadline.Token);
            listener.Verify(socket);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw e is OperationCanceledException ? new SocketException((int)SocketError.TimedOut) : e;
        }
    }
}
