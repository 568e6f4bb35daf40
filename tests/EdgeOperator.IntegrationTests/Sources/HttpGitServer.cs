using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A folder of repositories over HTTP or HTTPS: Git's own <c>http-backend</c> behind a small server on loopback.</summary>
internal sealed class HttpGitServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private HttpGitServer(WebApplication app, string folder) => (_app, _folder) = (app, folder);

    /// <summary>What every request's <c>Authorization</c> has to be; null lets everybody in.</summary>
    public string? Authorization { get; set; }

    /// <summary>Where requests are sent on to; null answers them.</summary>
    public string? RedirectTo { get; set; }

    /// <summary>The <c>Authorization</c> of each request so far.</summary>
    public ConcurrentQueue<string> Seen { get; } = [];

    /// <summary>Serves large files too; null does not.</summary>
    public LfsServer? Lfs { get; set; }

    /// <summary>Method, path and program of each request so far.</summary>
    public ConcurrentQueue<(string Method, string Path, string Agent)> Requests { get; } = [];

    /// <summary>Answers a request in its own way, or returns false.</summary>
    public Func<HttpContext, Task<bool>>? Special { get; set; }

    /// <summary>Speaks version 0 of the protocol, whatever is asked for, as servers before Git 2.18 do.</summary>
    public bool IsOld { get; set; }

    /// <summary>How many packs were asked for.</summary>
    public int Fetches => _fetches;

    /// <summary><c>http://127.0.0.1:port</c></summary>
    public string Url => _app.Urls.Single();

    private int _fetches;

    /// <param name="certificate">Null serves plain HTTP.</param>
    public static async Task<HttpGitServer> StartAsync(string folder, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var server = new HttpGitServer(app, folder);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public static string Basic(string user, string token) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}"));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        Seen.Enqueue(authorization);
        Requests.Enqueue((context.Request.Method, context.Request.Path.ToString(), context.Request.Headers.UserAgent.ToString()));
        if (Special is { } special && await special(context))
            return;

        if (RedirectTo is { } elsewhere)
        {
            context.Response.Redirect(elsewhere + context.Request.Path + context.Request.QueryString);
        }
        else if (Authorization is { } wanted && authorization != wanted)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
        }
        else if (Lfs is { } lfs && LfsServer.Serves(context.Request))
        {
            await lfs.AnswerAsync(context);
        }
        else
        {
            await RunBackendAsync(context);
        }
    }

    // As RFC 3875 wants it: variables in, headers and body out.
    private async Task RunBackendAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (Encoding.ASCII.GetString(body.ToArray()).Contains("command=fetch", StringComparison.Ordinal))
            Interlocked.Increment(ref _fetches);

        using var process = Process.Start(new ProcessStartInfo("git", ["http-backend"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["GIT_PROJECT_ROOT"] = _folder,
                ["GIT_HTTP_EXPORT_ALL"] = "1",
                ["GIT_PROTOCOL"] = IsOld ? "" : request.Headers["Git-Protocol"].ToString(),
                ["PATH_INFO"] = request.Path,
                ["QUERY_STRING"] = request.QueryString.ToString().TrimStart('?'),
                ["REQUEST_METHOD"] = request.Method,
                ["CONTENT_TYPE"] = request.ContentType ?? "",
                ["CONTENT_LENGTH"] = body.Length.ToString(),
                ["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString(),
            },
        })!;
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(body.ToArray());
            process.StandardInput.Close();
            var output = process.StandardOutput.BaseStream;
            while (ReadLine(output) is { Length: > 0 } header)
            {
                var (name, value) = (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim());
                if (name == "Status")
                    context.Response.StatusCode = int.Parse(value[..3]);
                else
                    context.Response.Headers[name] = value;
            }

            await output.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The connection was cut, which is what the tests do.
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        for (var next = stream.ReadByte(); next >= 0 && next != '\n'; next = stream.ReadByte())
            line.Append((char)next);
        return line.ToString().TrimEnd('\r');
    }
}
