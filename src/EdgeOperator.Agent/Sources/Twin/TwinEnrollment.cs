using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// Gets a client certificate from the hub: the device makes a key, which never leaves it, and asks; an operator approves. From two
/// thirds of the certificate's life on it is renewed.
/// </summary>
internal sealed class TwinEnrollment(TwinSourceConfiguration configuration, string stateFolder, TimeProvider time)
{
    private string KeyFile => Path.Combine(stateFolder, "device.key");

    private string CertificateFile => Path.Combine(stateFolder, "device.pem");

    /// <exception cref="FetchException">The device is not enrolled yet, or can't be.</exception>
    public async Task<X509Certificate2> CertificateAsync(X509Certificate2Collection? roots, CancellationToken cancellation)
    {
        using var key = OpenKey();
        if (Load(key) is not { } present)
            return await EnrollAsync(key, roots, cancellation);
        return IsDue(present) ? await RenewAsync(present, key, roots, cancellation) : present;
    }

    /// <inheritdoc cref="TwinCredentials.Forget"/>
    public void Forget()
    {
        File.Delete(CertificateFile);
        File.Delete(KeyFile);
    }

    private async Task<X509Certificate2> EnrollAsync(ECDsa key, X509Certificate2Collection? roots, CancellationToken cancellation)
    {
        using var hub = new HubRequests(Login(null, roots), configuration.HttpsPort);
        var asked = new JsonObject
        {
            ["deviceId"] = configuration.DeviceId,
            ["csr"] = Request(key),
            ["info"] = new JsonObject { ["agentVersion"] = AgentVersion.Number, ["os"] = Environment.OSVersion.ToString(), ["machine"] = Environment.MachineName },
        };
        var (status, body) = await hub.SendAsync(HttpMethod.Post, "api/v1/enrollments", asked, null, cancellation);
        var (id, state) = (Text(body, "id"), Text(body, "state"));
        switch (state)
        {
            case "Approved" when Text(body, "certificate") is { } pem:
                return Save(pem, key);
            case "Pending":
                throw new FetchException("EnrollmentPending", $"the device waits to be approved on {configuration.Hub}: request {id}");
            case "Denied":
                throw new FetchException("EnrollmentDenied", $"the request {id} was denied on {configuration.Hub}: remove {KeyFile} to ask again with a new key");
            default:
                throw new FetchException(FetchReasons.Refused, $"{configuration.Hub} answered {status} to the request to enroll: {Text(body, "Message") ?? "it has no enrollment"}");
        }
    }

    private async Task<X509Certificate2> RenewAsync(X509Certificate2 present, ECDsa key, X509Certificate2Collection? roots, CancellationToken cancellation)
    {
        var hasEnded = time.GetUtcNow() > present.NotAfter;
        try
        {
            using var hub = new HubRequests(Login(present, roots), configuration.HttpsPort);
            var (status, body) = await hub.SendAsync(HttpMethod.Post, "api/v1/certificate", new() { ["csr"] = Request(key) }, null, cancellation);
            if (Text(body, "certificate") is { } pem)
                return Save(pem, key);
            if (hasEnded)
                throw new FetchException(FetchReasons.AuthenticationFailed, $"{configuration.Hub} answered {status} to the renewal of a certificate that has ended: remove {CertificateFile} and {KeyFile} to enroll anew");
        }
        catch (FetchException) when (!hasEnded)
        {
            // It is asked again with the next connection; the present one is still good.
        }

        return present;
    }

    private TwinLogin Login(X509Certificate2? certificate, X509Certificate2Collection? roots) =>
        new(configuration.Hub, configuration.Port, configuration.DeviceId, null, null, certificate, roots);

    private bool IsDue(X509Certificate2 certificate)
    {
        DateTimeOffset from = certificate.NotBefore, until = certificate.NotAfter;
        return time.GetUtcNow() > from + ((until - from) * 2 / 3);
    }

    private string Request(ECDsa key)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(configuration.DeviceId);
        return new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    private ECDsa OpenKey()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            PrivateFolder.Create(stateFolder);
            if (File.Exists(KeyFile))
                key.ImportFromPem(StateFile.ReadText(KeyFile));
            else
                AtomicFile.Write(KeyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            return key;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new FetchException(FetchReasons.Unreadable, $"the device's key {KeyFile} can't be used: {e.Message} Remove it to enroll anew.");
        }
    }

    private X509Certificate2? Load(ECDsa key)
    {
        if (!File.Exists(CertificateFile))
            return null;
        try
        {
            return WithKey(StateFile.ReadText(CertificateFile), key);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or CryptographicException or ArgumentException)
        {
            // Damaged, or of another key: the hub still has it, and gives it again.
            return null;
        }
    }

    private X509Certificate2 Save(string pem, ECDsa key)
    {
        var certificate = WithKey(pem, key);
        AtomicFile.Write(CertificateFile, Encoding.ASCII.GetBytes(pem + "\n"));
        return certificate;
    }

    private static X509Certificate2 WithKey(string pem, ECDsa key)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.CopyWithPrivateKey(key);
    }

    private static string? Text(JsonNode? body, string name) => body is JsonObject map && map[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
