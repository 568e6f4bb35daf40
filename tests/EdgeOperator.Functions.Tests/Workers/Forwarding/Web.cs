using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Workers.Forwarding;

/// <summary>A web server on a free loopback port or a Unix socket, made of one function.</summary>
internal sealed class Web : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Web(WebApplication app, string? socket)
    {
        _app = app;
        Url = app.Urls.First().TrimEnd('/');
        Endpoint = socket is null ? new IPEndPoint(IPAddress.Loopback, new Uri(Url).Port) : new System.Net.Sockets.UnixDomainSocketEndPoint(socket);
    }

    public string Url { get; }

    public EndPoint Endpoint { get; }

    public static async Task<Web> StartAsync(RequestDelegate answer, string? socket = null, long? bodyLimit = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = bodyLimit;
            if (socket is null)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                kestrel.ListenUnixSocket(socket);
            }
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new(app, socket);
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }
}
