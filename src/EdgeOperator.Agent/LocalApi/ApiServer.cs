using System.Net;
using System.Net.Sockets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Metrics;
using EdgeOperator.Platform.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>
/// The local API: the agent's control over a Unix socket (on Windows a named pipe), whose permissions are its access control, and its metrics,
/// which alone are also answered over TCP.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Whoever reaches the address may connect, and needs one connection at a time.</summary>
    private const int MostMetricsConnections = 64;

    private readonly WebApplication _app;
    private readonly string _socket;

    private ApiServer(WebApplication app, string socket, IPEndPoint? metrics)
    {
        _app = app;
        _socket = socket;
        MetricsEndPoint = metrics;
    }

    /// <summary>Where the metrics are served over TCP; null when they are off or the address could not be had.</summary>
    public IPEndPoint? MetricsEndPoint { get; }

    /// <exception cref="SocketInUseException">Something else owns the socket's path.</exception>
    /// <exception cref="IOException">The folder of the socket can't be made or written to.</exception>
    public static async Task<ApiServer> StartAsync(
        IAgentControl control,
        PrometheusText metrics,
        ApiConfiguration configuration,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellation)
    {
        var pipe = LocalPipe.NameOf(configuration.Socket);
        if (pipe is null)
            await SocketFile.PrepareAsync(configuration.Socket, cancellation);
        else if (OperatingSystem.IsWindows() && LocalPipe.Exists(pipe))
            throw PipeInUse(configuration.Socket);
        var metricsSocket = MetricsSocket.TryBind(configuration.Metrics, loggers.CreateLogger<ApiServer>());
        var endPoint = (IPEndPoint?)metricsSocket?.LocalEndPoint;

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = wanted =>
            wanted is UnixDomainSocketEndPoint unix ? SocketFile.Bind(unix, configuration.Socket) : metricsSocket!);
        if (OperatingSystem.IsWindows() && pipe is not null)
            ApiPipe.AddTo(builder.WebHost);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            if (pipe is not null)
                kestrel.ListenNamedPipe(pipe);
            else
                kestrel.ListenUnixSocket(configuration.Socket);
            if (endPoint is not null)
                kestrel.Listen(endPoint, listen => listen.UseConnectionLimit(ConnectionLimits.WithinOpenFiles(MostMetricsConnections, filesEach: 1)));
        });

        var app = builder.Build();
        app.UseProblems();
        app.UseMetricsOnlyOverTcp(configuration.MetricsHosts);
        app.UseRouting();
        app.MapMetrics(metrics, control);
        app.MapControl(control);
        app.MapStreams(control, time);
        app.MapSupport(control);
        app.MapExec(control);
        app.MapSnapshots(control);
        app.MapFunctions(control);

        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            metricsSocket?.Dispose();
            if (e is AddressInUseException && pipe is not null)
                throw PipeInUse(configuration.Socket);
            throw;
        }

        if (configuration.Group is { } group && OperatingSystem.IsLinux())
            SocketGroup.Apply(configuration.Socket, group, loggers.CreateLogger<ApiServer>());
        return new(app, configuration.Socket, endPoint);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (LocalPipe.NameOf(_socket) is null)
            File.Delete(_socket);
    }

    private static SocketInUseException PipeInUse(string pipe) => new($"another agent answers on {pipe}: stop it, or set api.socket to another pipe.");

    /// <summary>The agent starts and stops the server; signals are not the server's concern.</summary>
    private sealed class NoHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
