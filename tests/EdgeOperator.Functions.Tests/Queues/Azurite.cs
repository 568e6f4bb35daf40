using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Queues;

/// <summary>The emulator of Azure Storage, from npm, kept in the user's cache; its queue service alone.</summary>
public class Azurite : IAsyncLifetime
{
    private const string Version = "3.37.0";
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private GuardedProcess? _process;

    private readonly string _service;

    public Azurite()
        : this("queue")
    {
    }

    protected Azurite(string service) => _service = service;

    public string Connection => $"AccountName={Account};AccountKey={Key};{EndpointName}={Endpoint}";

    public string WrongKey => $"AccountName={Account};AccountKey=d3Jvbmc=;{EndpointName}={Endpoint}";

    private string EndpointName => $"{char.ToUpperInvariant(_service[0])}{_service[1..]}Endpoint";

    private string Endpoint => $"http://127.0.0.1:{_port}/{Account}";

    /// <summary>A connection string with an account SAS: https://learn.microsoft.com/rest/api/storageservices/create-account-sas.</summary>
    /// <param name="permissions">Such as <c>raup</c> (read, add, update, process).</param>
    public string Signature(string permissions)
    {
        const string expiry = "2099-01-01T00:00:00Z";
        var text = $"{Account}\n{permissions}\nq\nsco\n\n{expiry}\n\n\n2019-12-12\n";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
        return $"QueueEndpoint={Endpoint};SharedAccessSignature=sv=2019-12-12&ss=q&srt=sco&sp={permissions}&se={Uri.EscapeDataString(expiry)}&sig={Uri.EscapeDataString(signature)}";
    }

    public async Task InitializeAsync()
    {
        _process = GuardedProcess.Start(
            _folder.File("azurite.log"), "", "node", Path.Combine(await InstallAsync(), $"node_modules/azurite/dist/src/{_service}/main.js"),
            $"--{_service}Host", "127.0.0.1", $"--{_service}Port", $"{_port}", "--location", _folder, "--silent", "--disableTelemetry", "--skipApiVersionCheck");
        using var http = new HttpClient();
        try
        {
            await Eventually.SucceedsAsync(async () => await http.GetAsync(new Uri(Endpoint)));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"azurite does not answer: {_process.Log}", e);
        }
    }

    /// <summary>Kills it at once; messages may be lost.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.DisposeAsync();
    }

    public Task StartAgainAsync() => InitializeAsync();

    public async Task DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<string> InstallAsync()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/tmp", ".cache");
        var folder = Path.Combine(cache, "edgeoperator-tests", $"azurite-{Version}");
        if (Directory.Exists(folder))
            return folder;

        var fresh = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(fresh);
        await Shell.RunAsync("npm", "install", "--prefix", fresh, "--no-audit", "--no-fund", "--silent", $"azurite@{Version}");
        try
        {
            Directory.Move(fresh, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(fresh, recursive: true);
        }

        return folder;
    }
}

/// <summary>Its blob service alone.</summary>
public sealed class AzuriteBlobs() : Azurite("blob");

/// <summary>Its table service alone.</summary>
public sealed class AzuriteTables() : Azurite("table");
