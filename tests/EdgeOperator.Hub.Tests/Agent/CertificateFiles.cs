using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>A device's self-signed certificate and its key, as files.</summary>
internal sealed record CertificateFiles(string Certificate, string Key, string Pem, string Thumbprint)
{
    public static CertificateFiles Write(TempFolder folder, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        var pem = certificate.ExportCertificatePem();
        return new(folder.Write("own.pem", pem), folder.Write("own.key", key.ExportPkcs8PrivateKeyPem()), pem, certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }
}
