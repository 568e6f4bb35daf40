using System.Net;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Platform.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>
/// The gRPC endpoint that language workers connect to: HTTP/2 without TLS on a free loopback port. A host has one for all
/// of its workers, started with the first of them.
/// </summary>
public sealed class EventStreamServer : IAsyncDisposable
{
    /// <summary>Bytes; above the largest body that a function may be sent by default, with room around it.</summary>
    internal const int MessageLimit = 256 * 1024 * 1024;

    private const int StreamWindow = 1024 * 1024;

    private readonly FunctionRpcService _service = new();
    private readonly SemaphoreSlim _starting = new(1);
    private WebApplication? _web;
    private int _port;

    /// <summary>Starts the server if it does not run, and accepts the session's worker from now on.</summary>
    /// <returns>The port to connect to.</returns>
    internal async Task<int> AcceptAsync(RpcSession session, CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            if (_web is null)
            {
                var web = Build();
                await web.StartAsync(cancellation);
                _port = new Uri(web.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;
                _web = web;
            }
        }
        finally
        {
            _starting.Release();
        }

        _service.Accept(session);
        return _port;
    }

    /// <summary>Refuses the session's worker from now on; a stream that it has goes on.</summary>
    internal void Forget(RpcSession session) => _service.Forget(session);

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.StopAsync(new CancellationToken(canceled: true));
            await _web.DisposeAsync();
        }

        _starting.Dispose();
    }

    private WebApplication Build()
    {
        // Nothing but Kestrel and gRPC: no configuration files, logging or hosting environment, which take time and memory.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MessageLimit;
            grpc.MaxSendMessageSize = MessageLimit;
        });
        builder.Services.AddSingleton(_service);
        var web = builder.Build();
        web.MapGrpcService<FunctionRpcService>();
        return web;
    }

    private static void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxResponseBufferSize = StreamWindow;
        options.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        options.Limits.Http2.InitialConnectionWindowSize = 2 * StreamWindow;
        options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection =>
            {
                if (IsOfOwnUser(connection))
                    return next(connection);

                connection.Abort();
                return Task.CompletedTask;
            });
        });
    }

    // Any local user can connect, and a worker's id is in its command line, where every local user can read it.
    private static bool IsOfOwnUser(ConnectionContext connection) =>
        !OperatingSystem.IsLinux()
        || (connection.RemoteEndPoint, connection.LocalEndPoint) is (IPEndPoint remote, IPEndPoint local)
        && TcpTable.Connected(remote, local) is { } peer && ListenerCheck.IsTrusted(peer.User);
}
