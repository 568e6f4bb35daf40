using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>A broker to compare with: TLS with a certificate of the kind that the hub gives itself, and nothing stored.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private const string Host = "127.0.0.1";

    private readonly TempFolder _folder;
    private readonly GuardedProcess _process;
    private readonly X509Certificate2 _certificate;
    private readonly int _port;

    private Mosquitto(TempFolder folder, GuardedProcess process, X509Certificate2 certificate, int port) => (_folder, _process, _certificate, _port) = (folder, process, certificate, port);

    public static async Task<Mosquitto> StartAsync()
    {
        var folder = new TempFolder("eomq");
        var port = FreePort.Next();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mosquitto", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        folder.Write("cert.pem", certificate.ExportCertificatePem());
        folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        folder.Write("mosquitto.conf", $"""
            listener {port} {Host}
            certfile {folder}/cert.pem
            keyfile {folder}/key.pem
            allow_anonymous true
            persistence false
            user root
            """);
        var process = GuardedProcess.Start(folder.File("log.txt"), "", "env", $"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/sbin", "mosquitto", "-c", folder.File("mosquitto.conf"));
        var mosquitto = new Mosquitto(folder, process, certificate, port);
        await Eventually.SucceedsAsync(async () => await (await mosquitto.ConnectAsync("first")).DisposeAsync());
        return mosquitto;
    }

    public double Memory() => BenchHub.ResidentOf(_process.Id);

    public double CpuTime() => BenchHub.CpuTimeOf(_process.Id);

    public Task<BenchDevice> ConnectAsync(string clientId) => BenchDevice.ConnectAsync(Host, _port, _certificate, clientId);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }
}
