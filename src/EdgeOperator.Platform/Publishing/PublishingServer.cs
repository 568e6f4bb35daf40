using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Platform.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Platform.Publishing;

/// <summary>Serves a <see cref="PublishingApi"/> over HTTP, or HTTPS where there is a certificate.</summary>
public sealed class PublishingServer : IAsyncDisposable
{
    /// <summary>Whoever sends more slowly holds a connection for nothing.</summary>
    private const int MostConnections = 64;

    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;

    private PublishingServer(WebApplication app, X509Certificate2? certificate)
    {
        _app = app;
        _certificate = certificate;
        Url = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri Url { get; }

    /// <param name="certificateFile">PEM, perhaps with a chain; null for plain HTTP, on a loopback address only.</param>
    /// <param name="keyFile">PEM; null when it is in <paramref name="certificateFile"/>.</param>
    /// <exception cref="IOException">The address can't be had, or the certificate can't be used.</exception>
    public static async Task<PublishingServer> StartAsync(
        PublishingApi api, IPEndPoint endPoint, string? certificateFile, string? keyFile, ILoggerFactory loggers, CancellationToken cancellation)
    {
        if (certificateFile is null && !IPAddress.IsLoopback(endPoint.Address))
            throw new IOException($"passwords would cross the network in clear text ({endPoint}): give a certificate, or listen on a loopback address");
        var certificate = certificateFile is null ? null : Load(certificateFile, keyFile);
        api.Recover();

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(endPoint, listen =>
            {
                if (certificate is not null)
                    listen.UseHttps(certificate);
            });
        });
        var app = builder.Build();
        app.Run(api.AnswerAsync);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            certificate?.Dispose();
            if (e is SocketException or IOException { InnerException: AddressInUseException })
                throw new IOException($"can't listen on {endPoint}: {e.Message}", e);
            throw;
        }

        return new(app, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _certificate?.Dispose();
    }

    private static X509Certificate2 Load(string certificateFile, string? keyFile)
    {
        try
        {
            var pem = ReferencedFile.ReadText(certificateFile);
            return X509Certificate2.CreateFromPem(pem, keyFile is null ? pem : ReferencedFile.ReadText(keyFile));
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException($"the certificate {certificateFile} can't be used: {e.Message}", e);
        }
    }

    /// <summary>The owner starts and stops the server; signals are not its concern.</summary>
    private sealed class NoHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
