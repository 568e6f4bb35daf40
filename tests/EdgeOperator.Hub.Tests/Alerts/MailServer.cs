using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Alerts;

/// <summary>A real SMTP server (npm's smtp-server) with a certificate and a password of its own.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    public const string Password = "the password of the mail server";

    private readonly TempFolder _folder;
    private readonly GuardedProcess _process;

    private MailServer(TempFolder folder, GuardedProcess process, int port) => (_folder, _process, Port) = (folder, process, port);

    public int Port { get; }

    public string CaFile => _folder.File("server.pem");

    public string PasswordFile => _folder.File("password");

    /// <summary>What has come so far, headers and all.</summary>
    public IReadOnlyList<(string To, bool IsSecure, string Text)> Mails =>
        [.. _process.Log.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!).Select(mail => ((string)mail["to"]![0]!, (bool)mail["secure"]!, Unfolded((string)mail["text"]!)))];

    public static async Task<MailServer> StartAsync()
    {
        var folder = new TempFolder("mail");
        var port = FreePort.Next();
        WriteCertificate(folder);
        folder.Write("password", Password + "\n");
        var packages = await NpmPackages.InstallAsync(Path.Combine(AppContext.BaseDirectory, "Alerts", "packages"));
        var process = GuardedProcess.Start(
            folder.File("log"), "", "env", $"NODE_PATH={Path.Combine(packages, "node_modules")}", "node", Path.Combine(AppContext.BaseDirectory, "Alerts", "mail-server.cjs"), $"{port}", folder.File("server.pem"), folder.File("server.key"), Password);
        var server = new MailServer(folder, process, port);
        await Eventually.TrueAsync("the mail server listens", () => !process.IsRunning || process.Log.Contains("listening", StringComparison.Ordinal));
        process.IsRunning.Should().BeTrue(process.Log);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static void WriteCertificate(TempFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        folder.Write("server.pem", certificate.ExportCertificatePem());
        folder.Write("server.key", key.ExportPkcs8PrivateKeyPem());
    }

    // Lines of a header may be continued.
    private static string Unfolded(string text) => text.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal).Replace("=\r\n", "", StringComparison.Ordinal);
}
