using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>What the host is measured against: the code itself, or nginx before it.</summary>
internal sealed class OtherServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new("eofb");
    private GuardedProcess _process = null!;

    private OtherServer(int port) => Port = port;

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public static async Task<OtherServer> HandlerAsync(string handler)
    {
        var server = new OtherServer(FreePort.Next());
        return await server.StartAsync("env", $"FUNCTIONS_CUSTOMHANDLER_PORT={server.Port}", handler);
    }

    public static async Task<OtherServer> BareNodeAsync(string script)
    {
        var server = new OtherServer(FreePort.Next());
        return await server.StartAsync("node", script, $"{server.Port}");
    }

    public static async Task<OtherServer> BareDotnetAsync(string app)
    {
        var server = new OtherServer(FreePort.Next());
        return await server.StartAsync("dotnet", app, $"{server.Port}");
    }

    /// <summary>nginx as a reverse proxy with kept connections to what is behind it.</summary>
    public static async Task<OtherServer> NginxAsync(int behind)
    {
        var server = new OtherServer(FreePort.Next());
        var configuration = server._folder.Write("nginx.conf", $$"""
            daemon off; worker_processes auto; pid {{server._folder}}/pid; error_log stderr warn;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{server._folder}}/body; proxy_temp_path {{server._folder}}/proxy; fastcgi_temp_path {{server._folder}}/f;
              uwsgi_temp_path {{server._folder}}/u; scgi_temp_path {{server._folder}}/s;
              keepalive_requests 1000000000;
              upstream behind { server 127.0.0.1:{{behind}}; keepalive {{Wrk.Connections}}; keepalive_requests 1000000000; }
              server {
                listen 127.0.0.1:{{server.Port}};
                location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
              }
            }
            """);
        return await server.StartAsync("nginx", "-c", configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<OtherServer> StartAsync(params string[] command)
    {
        _process = GuardedProcess.Start(_folder.File("output"), "", command);
        using var http = new HttpClient();
        await Eventually.SucceedsAsync(async () => await http.GetStringAsync(new Uri($"{Url}/api/hello")));
        return this;
    }
}
