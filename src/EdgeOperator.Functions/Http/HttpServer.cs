using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeOperator.Functions.Http;

/// <summary>One Kestrel on one address, with nothing of ASP.NET on top: requests go straight to one method.</summary>
public sealed class HttpServer : IAsyncDisposable
{
    /// <summary>Of clients at once. Each may have a worker's connection too.</summary>
    private const int MostConnections = 2048;

    /// <summary>Bytes of a request that are held while its worker reads no more, for each connection.</summary>
    private const int HeldRequest = 128 * 1024;

    private readonly KestrelServer _server;

    private HttpServer(KestrelServer server, EndPoint asked)
    {
        _server = server;
        Asked = asked;
    }

    /// <summary>What was asked for; its port may be 0.</summary>
    public EndPoint Asked { get; }

    /// <summary>Such as <c>http://127.0.0.1:7071</c>.</summary>
    public string Url => _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();

    /// <exception cref="AppException">The address can't be had.</exception>
    public static async Task<HttpServer> StartAsync(EndPoint endPoint, Func<HttpContext, Task> handle, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        // Each app has its own limit on bodies, and each request is given that of its app.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxRequestBufferSize = HeldRequest;
        // Byte by byte as a worker wrote them.
        options.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        options.Listen(endPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (endPoint is IPEndPoint)
                listen.UseConnectionLimit(ConnectionLimits.WithinOpenFiles(MostConnections, filesEach: 2));
        });
        // Requests are passed on without leaving the thread that read them; whoever blocks must yield first.
        var sockets = new SocketTransportOptions
        {
            UnsafePreferInlineScheduling = endPoint is IPEndPoint,
            // Saves a system call for each request; costs 4 KiB for each idle connection.
            WaitForDataBeforeAllocatingBuffer = false,
        };
        var transport = new SocketTransportFactory(Options.Create(sockets), loggers);
        var server = new KestrelServer(Options.Create(options), transport, loggers);
        try
        {
            await server.StartAsync(new MinimalHttpApplication(handle), cancellation);
            return new(server, endPoint);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            server.Dispose();
            throw new AppException(Explain(endPoint, failure), failure);
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Takes no more connections, lets requests end, and cuts what is left when <paramref name="cancellation"/> says so.</summary>
    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new(canceled: true));
        _server.Dispose();
    }

    private static string Explain(EndPoint endPoint, Exception failure) => failure switch
    {
        { InnerException: AddressInUseException } => $"the address is in use by something else ({endPoint}): stop that, or choose another port",
        { InnerException: SocketException { SocketErrorCode: SocketError.AccessDenied } } or SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            $"the address is not allowed ({endPoint}): choose a port from 1024, or give the app's user the right to lower ones",
        { InnerException: SocketException { SocketErrorCode: SocketError.AddressNotAvailable } } or SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            $"this device has no such address ({endPoint}): choose one of its own, or 0.0.0.0 for all",
        _ => $"can't listen ({endPoint}): {failure.Message}",
    };
}
