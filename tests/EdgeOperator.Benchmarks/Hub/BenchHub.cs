using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>The hub as it is published, with a folder and a loopback address of its own.</summary>
internal sealed class BenchHub : IAsyncDisposable
{
    private readonly TempFolder _folder = new("eohb");
    private readonly string _executable;
    private GuardedProcess? _process;
    private HttpClient? _client;
    private byte[] _key = [];

    private BenchHub(string executable) => _executable = executable;

    public string Host { get; } = $"127.77.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(1, 255)}";

    public string Database => Path.Combine(_folder, "data", "hub.db");

    public string AuthorityFile => Path.Combine(_folder, "data", "ca.pem");

    public X509Certificate2 Authority => X509CertificateLoader.LoadCertificateFromFile(AuthorityFile);

    /// <param name="storage">A line of the hub's own file; empty for SQLite.</param>
    public static async Task<BenchHub> StartAsync(BenchOptions options, string storage)
    {
        var hub = new BenchHub(options.Executable);
        hub._folder.Write("hub.yaml", $"""
            hostName: "{hub.Host}"
            dataDirectory: {hub._folder}/data
            listen: {"{"} mqtt: "{hub.Host}:8883", https: "{hub.Host}:443", local: "off" {"}"}
            devices: {"{"} messagesPerSecond: 10000 {"}"}
            {storage}
            """);
        await hub.StartProcessAsync();
        var text = await Shell.RunAsync(options.Executable, "connection-string", "--config", Path.Combine(hub._folder, "hub.yaml"));
        hub._key = Convert.FromBase64String(text.Trim().Split("SharedAccessKey=")[1]);
        return hub;
    }

    /// <summary>How many devices connect at once: of the open files that a process may have, the hub keeps some for all else, and three quarters of the rest are MQTT's.</summary>
    public static async Task<int> MostDevicesAsync(BenchOptions options)
    {
        var files = int.Parse(await Shell.RunAsync("sh", "-c", "ulimit -Hn"), CultureInfo.InvariantCulture);
        return options.Quick ? 500 : Math.Min(10_000, ((files - 2048) / 4 * 3) - 100);
    }

    /// <returns>Milliseconds until it listened.</returns>
    public async Task<double> StartProcessAsync()
    {
        var log = _folder.File($"log-{Guid.NewGuid():N}.txt");
        var time = new Samples();
        await time.TimeAsync(async () =>
        {
            _process = GuardedProcess.Start(log, "", _executable, "--config", Path.Combine(_folder, "hub.yaml"));
            await Eventually.TrueAsync($"the hub listens", () => _process.Log.Contains("ID scope", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        });
        return time.Median;
    }

    public Task StopAsync() => _process!.StopAsync();

    /// <summary>Resident memory in KiB.</summary>
    public double Memory() => ResidentOf(_process!.Id);

    public static double ResidentOf(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>CPU time used so far, in milliseconds.</summary>
    public double CpuTime() => CpuTimeOf(_process!.Id);

    public static double CpuTimeOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * 10.0;
    }

    /// <summary>Any device: the policy may connect for all of them.</summary>
    public Task<BenchDevice> ConnectAsync(string device) => BenchDevice.ConnectAsync(
        Host, 8883, Authority, device, $"{Host}/{device}/?api-version=2021-04-12", SasToken.Create(Host, _key, DateTimeOffset.MaxValue, "iothubowner"));

    /// <summary>What goes into the Authorization header: the policy iothubowner.</summary>
    public string Token() => SasToken.Create(Host, _key, DateTimeOffset.MaxValue, "iothubowner");

    public Task<JsonNode?> PostAsync(string path, byte[] body) => SendAsync("POST", path, new ByteArrayContent(body));

    public Task<JsonNode?> PutAsync(string path, byte[] body) => SendAsync("PUT", path, new ByteArrayContent(body));

    public Task<JsonNode?> CallAsync(string method, string path, string? body) => SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<JsonNode?> SendAsync(string method, string path, HttpContent? content)
    {
        _client ??= NewClient();
        using var request = new HttpRequestMessage(new(method), new Uri($"https://{Host}/{path}")) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", Token());
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text) : throw new InvalidOperationException($"{method} {path}: {answer.StatusCode} {text}");
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Authority);
        return new(handler) { Timeout = TimeSpan.FromMinutes(5) };
    }
}
