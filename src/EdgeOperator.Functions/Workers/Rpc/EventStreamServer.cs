using System.Net;
using EdgeOperator.Functions.Http;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>
/// The one gRPC method that a language worker calls, <c>FunctionRpc.EventStream</c>, on a free loopback port: HTTP/2
/// without TLS. For one worker; the first stream whose first message has its id is the session's.
/// </summary>
internal sealed class EventStreamServer : IAsyncDisposable
{
    private const string Method = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

    private readonly KestrelServer _server;
    private readonly RpcSession _session;

    private EventStreamServer(RpcSession session)
    {
        _session = session;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxResponseBufferSize = 1024 * 1024;
        options.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 2 * 1024 * 1024;
        options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        _server = new(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    public int Port => new Uri(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;

    public static async Task<EventStreamServer> StartAsync(RpcSession session, CancellationToken cancellation)
    {
        var server = new EventStreamServer(session);
        await server._server.StartAsync(new LeanApplication(server.AnswerAsync), cancellation);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new(canceled: true));
        _server.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        response.ContentType = "application/grpc";
        var (status, words) = (GrpcStatus.Ok, "");
        try
        {
            if (request.Path != Method)
            {
                throw new GrpcException(GrpcStatus.Unimplemented, $"there is no method {request.Path}");
            }

            await response.StartAsync(context.RequestAborted);
            await _session.ServeAsync(request.BodyReader, response.BodyWriter, context.RequestAborted);
        }
        catch (GrpcException e)
        {
            (status, words) = (e.Status, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            status = GrpcStatus.Cancelled;
        }

        var trailers = context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        trailers["grpc-status"] = ((int)status).ToString();
        if (words.Length > 0)
        {
            trailers["grpc-message"] = Uri.EscapeDataString(words);
        }
    }
}
