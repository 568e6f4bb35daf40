using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A certificate authority that nobody else trusts, and a server certificate by it for loopback.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=Test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        using var signed = server.Create(_root, now.AddHours(-1), now.AddHours(23), RandomNumberGenerator.GetBytes(8));
        Server = signed.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Server { get; }

    /// <summary>The root certificate as a CA file holds it.</summary>
    public string Pem => _root.ExportCertificatePem();

    public void Dispose()
    {
        Server.Dispose();
        _root.Dispose();
        _key.Dispose();
    }
}
