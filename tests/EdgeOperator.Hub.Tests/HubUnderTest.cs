using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Hub;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests;

/// <summary>
/// The real program with a folder of its own. Azure's SDKs know the ports 8883 and 443 only, so each hub has a loopback address
/// of its own, which is its host name too.
/// </summary>
public sealed class HubUnderTest : IAsyncDisposable
{
    private readonly TempFolder _folder = new("hub");
    private GuardedProcess? _process;
    private HttpClient? _client;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = $"127.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(1, 255)}";

    /// <summary>Its name, which replicas have in common.</summary>
    public string Host { get; private set; } = "";

    public string Data => Path.Combine(_folder, "data");

    public string CaFile => Path.Combine(Data, "ca.pem");

    public string Log => _process?.Log ?? "";

    public int ProcessId => _process!.Id;

    public int LocalPort { get; } = FreePort.Next();

    private string[] Environment { get; init; } = [];

    /// <summary>Of the policy iothubowner.</summary>
    public string ConnectionString { get; private set; } = "";

    public string ProvisioningConnectionString { get; private set; } = "";

    public string IdScope { get; private set; } = "";

    public string OneTimePassword { get; private set; } = "";

    /// <summary>Trusts the hub's CA, and signs in with the key of a policy where asked to.</summary>
    public HttpClient Client => _client ??= NewClient(null);

    /// <param name="configuration">More of hub.yaml, with <c>{address}</c> for its own address.</param>
    /// <param name="replicaOf">Another one with the same database, whose name, keys and CA this one takes.</param>
    /// <param name="environment">Variables that the program is started with, as <c>NAME=value</c>.</param>
    public static async Task<HubUnderTest> StartAsync(string configuration = "", HubUnderTest? replicaOf = null, params string[] environment)
    {
        var hub = Prepare(configuration, replicaOf, environment: environment);
        await hub.StartProcessAsync();
        await hub.ReadAccessAsync();
        hub.IdScope = hub.Log.Split("ID scope for provisioning: ")[1].Split('\n')[0].Trim();
        hub.OneTimePassword = hub.Log.Split("one-time password ") is [_, var rest] ? rest.Split(' ')[0] : "";
        return hub;
    }

    /// <summary>One that has not been started.</summary>
    /// <param name="insteadOf">One that has been stopped, whose address and name this one takes.</param>
    public static HubUnderTest Prepare(string configuration, HubUnderTest? replicaOf = null, HubUnderTest? insteadOf = null, params string[] environment)
    {
        var hub = new HubUnderTest { Environment = environment };
        hub.Address = insteadOf?.Address ?? hub.Address;
        hub.Host = replicaOf?.Host ?? insteadOf?.Host ?? hub.Address;
        if (replicaOf is not null)
            hub.CopyKeys(replicaOf);
        hub._folder.Write("hub.yaml", $"""
            hostName: "{hub.Host}"
            dataDirectory: {hub.Data}
            listen: {"{"} mqtt: "{hub.Address}:8883", https: "{hub.Address}:443", local: "127.0.0.1:{hub.LocalPort}" {"}"}
            {configuration.Replace("{address}", hub.Address, StringComparison.Ordinal)}
            """);
        return hub;
    }

    /// <summary>Reads what operators sign in with.</summary>
    public async Task ReadAccessAsync()
    {
        ConnectionString = (await CommandAsync("connection-string")).Trim();
        ProvisioningConnectionString = (await CommandAsync("connection-string", "--policy", "provisioningserviceowner")).Trim();
    }

    public HubConfiguration ReadConfiguration()
    {
        var file = Path.Combine(_folder, "hub.yaml");
        return HubConfigurationReader.Read(new(file, System.IO.File.ReadAllBytes(file)), Host).Configuration!;
    }

    /// <summary>Takes the keys and the CA of another one, which is what replicas have in common beside the database.</summary>
    public void CopyKeys(HubUnderTest other)
    {
        Directory.CreateDirectory(Data);
        foreach (var file in (string[])["secrets.key", "ca.pem", "ca.key"])
            System.IO.File.Copy(Path.Combine(other.Data, file), Path.Combine(Data, file));
    }

    /// <summary>Starts the program again after <see cref="Kill"/> or <see cref="StopAsync"/>.</summary>
    public async Task StartProcessAsync()
    {
        var log = _folder.File($"log-{Guid.NewGuid():N}.txt");
        _process = GuardedProcess.Start(log, "", ["env", .. Environment, "dotnet", Program, "--config", Path.Combine(_folder, "hub.yaml")]);
        await Eventually.TrueAsync("the hub listens or has ended", () => !_process.IsRunning || (Log.Contains("ID scope", StringComparison.Ordinal) && Log.EndsWith('\n')));
        if (!_process.IsRunning)
            throw new InvalidOperationException($"the hub ended: {Log}");
    }

    public void Kill() => _process!.Kill();

    public async Task StopAsync() => await _process!.StopAsync();

    public Task<string> CommandAsync(params string[] arguments) => Shell.RunAsync("dotnet", [Program, .. arguments, "--config", Path.Combine(_folder, "hub.yaml")]);

    public string File(string name) => _folder.File(name);

    /// <summary>A token of the policy iothubowner, or for a resource by a key.</summary>
    public string Token(string? resource = null, string? key = null) => key is null
        ? Core.Protocol.Hub.SasToken.Create(Host, Convert.FromBase64String(ConnectionString.Split("SharedAccessKey=")[1]), DateTimeOffset.MaxValue, "iothubowner")
        : Core.Protocol.Hub.SasToken.Create(resource!, Convert.FromBase64String(key), DateTimeOffset.MaxValue);

    /// <summary>A token of the provisioning service's policy.</summary>
    public string ProvisioningToken() => Core.Protocol.Hub.SasToken.Create(
        Host, Convert.FromBase64String(ProvisioningConnectionString.Split("SharedAccessKey=")[1]), DateTimeOffset.MaxValue, "provisioningserviceowner");

    /// <param name="authorization">Null for the policy iothubowner, empty for none.</param>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> CallAsync(string method, string path, string? body = null, string? authorization = null, string? match = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new(method), new Uri($"https://{Host}/{path}"));
        if (authorization != "")
            request.Headers.TryAddWithoutValidation("Authorization", authorization ?? Token());
        if (match is not null)
            request.Headers.TryAddWithoutValidation("If-Match", match);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await (client ?? Client).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Creates a device.</summary>
    /// <returns>Its primary key.</returns>
    public async Task<string> CreateDeviceAsync(string id, string extra = "")
    {
        var (status, body) = await CallAsync("PUT", $"devices/{id}?api-version=2021-04-12", $$"""{"deviceId":"{{id}}"{{extra}}}""");
        status.Should().Be(HttpStatusCode.OK, body?.ToJsonString());
        return body!["authentication"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>();
    }

    /// <summary>Trusts this hub's certificate authority alone.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(CaFile));
        return policy;
    }

    public HttpClient NewClient(X509Certificate2? certificate, bool followRedirects = true)
    {
        // Cookies are for those who want to see them.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = followRedirects, UseCookies = false };
        handler.SslOptions.CertificateChainPolicy = Trust();
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        handler.ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(Address, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        };
        return new(handler);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "edgeop-hub.dll");
}
