using System.Diagnostics;
using System.Net;
using System.Text;

namespace EdgeOperator.Testing;

/// <summary>Git over HTTP on loopback: Git's own <c>http-backend</c> behind a small server that serves one repository as <c>/repo.git</c>.</summary>
public sealed class GitServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _repository;
    private readonly Task _serving;

    /// <param name="repository">A folder with a <c>.git</c> in it.</param>
    public GitServer(string repository)
    {
        _repository = repository;
        Address = $"127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Of the repository.</summary>
    public string Url => $"http://{Address}/repo.git";

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // As RFC 3875 wants it: variables in, headers and body out.
    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var request = context.Request;
            using var process = Process.Start(new ProcessStartInfo("git", ["http-backend"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment =
                {
                    ["GIT_PROJECT_ROOT"] = _repository,
                    ["GIT_HTTP_EXPORT_ALL"] = "1",
                    ["GIT_PROTOCOL"] = request.Headers["Git-Protocol"] ?? "",
                    ["PATH_INFO"] = "/.git" + request.Url!.AbsolutePath["/repo.git".Length..],
                    ["QUERY_STRING"] = request.Url.Query.TrimStart('?'),
                    ["REQUEST_METHOD"] = request.HttpMethod,
                    ["CONTENT_TYPE"] = request.ContentType ?? "",
                    ["HTTP_CONTENT_ENCODING"] = request.Headers["Content-Encoding"] ?? "",
                },
            })!;
            await request.InputStream.CopyToAsync(process.StandardInput.BaseStream);
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

            // A short answer in one write: HttpListener leaves Nagle's algorithm on, and the client would wait 40 ms for the last few bytes.
            var start = new byte[64 * 1024];
            var count = await output.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false);
            if (count < start.Length)
                context.Response.ContentLength64 = count;
            await context.Response.OutputStream.WriteAsync(start.AsMemory(0, count));
            await output.CopyToAsync(context.Response.OutputStream);
            context.Response.Close();
            await process.WaitForExitAsync();
        }
        catch (Exception e) when (e is IOException or HttpListenerException or ObjectDisposedException)
        {
            // The connection was cut, which is what the tests do.
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
