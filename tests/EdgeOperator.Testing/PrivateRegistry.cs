namespace EdgeOperator.Testing;

/// <summary>
/// A real image registry on a loopback port. With a password it asks for user <see cref="User"/> and
/// <see cref="Password"/>. Needs docker-registry.
/// </summary>
public sealed class PrivateRegistry : IAsyncDisposable
{
    public const string User = "edge";

    // Bcrypt of it, as htpasswd -B prints it, stands in StartAsync.
    public const string Password = "canary-registry-9d1e4";

    private readonly TempFolder _folder = new("reg");
    private readonly int _port;
    private GuardedProcess? _process;

    private PrivateRegistry(int port, bool authenticated)
    {
        _port = port;
        Authenticated = authenticated;
    }

    public bool Authenticated { get; }

    /// <summary><c>127.0.0.1:port</c>, the first part of its images' references.</summary>
    public string Address => $"127.0.0.1:{_port}";

    /// <param name="port">Null for a free one.</param>
    /// <param name="storage">The folder of the images; null for one that goes with the registry.</param>
    public static async Task<PrivateRegistry> StartAsync(bool authenticated = false, int? port = null, string? storage = null)
    {
        var registry = new PrivateRegistry(port ?? FreePort.Next(), authenticated);
        registry._folder.Write("htpasswd", $"{User}:$2y$05$abcdefghijklmnopqrstuuUwbK.RAJuQMmjk1VDSD6gSzu9SLUSpy\n");
        registry._folder.Write("config.yml", $$"""
            version: 0.1
            log: {level: warn}
            storage:
              filesystem: {rootdirectory: {{storage ?? registry._folder.File("storage")}}}
              delete: {enabled: true}
            http: {addr: "{{registry.Address}}"}
            {{(authenticated ? $"auth: {{htpasswd: {{realm: test, path: {registry._folder.File("htpasswd")}}}}}" : "")}}
            """);
        try
        {
            await registry.StartAgainAsync();
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the registry after <see cref="StopAsync"/>, at the same address with the same images.</summary>
    public async Task StartAgainAsync()
    {
        var process = _process = GuardedProcess.Start(
            _folder.File("log"), $"rm -rf {_folder}", "docker-registry", "serve", _folder.File("config.yml"));
        using var http = new HttpClient();
        await Eventually.SucceedsAsync(async () =>
        {
            if (process.IsRunning)
            {
                using var answer = await http.GetAsync(new Uri($"http://{Address}/v2/"));
            }
        });
        if (!process.IsRunning)
        {
            throw new InvalidOperationException($"docker-registry did not start:\n{process.Log}");
        }
    }

    /// <summary>Stops the registry; its images stay.</summary>
    public Task StopAsync() => _process!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }
}
