using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>How the device proves to the hub who it is: a key, a certificate, or one that it enrolls for.</summary>
internal sealed class TwinCredentials(TwinSourceConfiguration configuration, string stateFolder, TimeProvider time)
{
    /// <summary>Of a token; a connection is renewed before its token ends.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    private readonly TwinEnrollment _enrollment = new(configuration, stateFolder, time);
    private readonly TwinProvisioning? _provisioning = configuration.Provisioning is { } dps ? new(dps, configuration.Port, stateFolder, time) : null;

    /// <exception cref="FetchException">A file can't be used, or the device is not enrolled yet.</exception>
    public async Task<TwinLogin> DeviceAsync(CancellationToken cancellation)
    {
        var roots = Roots();
        var login = new TwinLogin(configuration.Hub, configuration.Port, configuration.DeviceId, null, null, null, roots);
        if (_provisioning is not null)
            return await ProvisionedAsync(_provisioning, login, cancellation);
        if (configuration.KeyFile is { } keyFile)
            return login with { Password = Token(login, ReadKey(keyFile)) };
        return login with
        {
            Certificate = configuration is { CertificateFile: { } certificate, PrivateKeyFile: { } key } ? ReadCertificate(certificate, key) : await _enrollment.CertificateAsync(roots, cancellation),
        };
    }

    /// <summary>Removes the key and the certificate that the device has enrolled with; files that an operator has given stay.</summary>
    /// <exception cref="IOException">They can't be removed.</exception>
    public void Forget()
    {
        _enrollment.Forget();
        _provisioning?.Forget();
    }

    /// <summary>As a module of the device, by the key that the hub tells the device.</summary>
    /// <returns>Null when the device has no such module.</returns>
    /// <exception cref="FetchException">The hub can't be asked.</exception>
    public async Task<TwinLogin?> ModuleAsync(TwinLogin device, string moduleId, CancellationToken cancellation)
    {
        using var hub = new HubRequests(device, configuration.HttpsPort);
        var authorization = device.Certificate is null ? device.Password : null;
        var (status, body) = await hub.SendAsync(HttpMethod.Get, $"devices/{Uri.EscapeDataString(device.DeviceId)}/modules/{Uri.EscapeDataString(moduleId)}?api-version=2021-04-12", null, authorization, cancellation);
        if (status == 404)
            return null;
        if (status != 200 || body?["authentication"]?["symmetricKey"]?["primaryKey"]?.GetValue<string>() is not { Length: > 0 } key)
            throw new FetchException(FetchReasons.Refused, $"the hub answered {status} when it was asked for the module {moduleId}");
        var login = device with { ModuleId = moduleId, Certificate = null };
        return login with { Password = Token(login, Convert.FromBase64String(key)) };
    }

    /// <summary>The hub does not accept the device: another one may be its hub by now.</summary>
    public void Refused() => _provisioning?.Forget();

    private async Task<TwinLogin> ProvisionedAsync(TwinProvisioning provisioning, TwinLogin login, CancellationToken cancellation)
    {
        var dps = configuration.Provisioning!;
        var key = dps.SymmetricKeyFile is { } file ? ReadKey(file) : null;
        login = login with { Certificate = dps is { CertificateFile: { } certificate, KeyFile: { } privateKey } ? ReadCertificate(certificate, privateKey) : null };
        var (host, device) = await provisioning.AssignmentAsync(login, key, cancellation);
        login = login with { Host = host, DeviceId = device };
        return key is null ? login : login with { Password = Token(login, key) };
    }

    private string Token(TwinLogin login, byte[] key)
    {
        var resource = login.ModuleId is null ? $"{login.Host}/devices/{login.DeviceId}" : $"{login.Host}/devices/{login.DeviceId}/modules/{login.ModuleId}";
        return SasToken.Create(resource, key, time.GetUtcNow() + TokenLife);
    }

    private X509Certificate2Collection? Roots() => configuration.CaFile is not { } file ? null : Read(file, () =>
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(ReferencedFile.ReadText(file));
        return roots;
    });

    private static byte[] ReadKey(string file) => Read(file, () => Convert.FromBase64String(ReferencedFile.ReadText(file).Trim()));

    private static X509Certificate2 ReadCertificate(string certificate, string key) => Read(certificate, () => X509Certificate2.CreateFromPem(ReferencedFile.ReadText(certificate), ReferencedFile.ReadText(key)));

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            throw new FetchException(FetchReasons.Unreadable, $"{file} can't be used: {e.Message}");
        }
    }
}
