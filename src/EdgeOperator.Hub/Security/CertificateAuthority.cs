using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Hub.Security;

/// <summary>
/// The hub's own CA (ECDSA P-256), made on first start. It signs the hub's server certificate, when no other is given, and
/// the client certificates of devices that enroll.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    // Clocks of devices are not exact.
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time) => (Certificate, _time) = (certificate, time);

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate, as <c>openssl x509 -fingerprint -sha256</c> prints it.</summary>
    public string Fingerprint => string.Join(':', SHA256.HashData(Certificate.RawData).Select(b => b.ToString("X2")));

    /// <summary>Opens <c>ca.pem</c> and <c>ca.key</c>, or makes both (0600) when neither is there.</summary>
    /// <exception cref="IOException">A file can't be read or written, or one of them is missing.</exception>
    /// <exception cref="CryptographicException">A file is damaged, or they don't belong together.</exception>
    public static CertificateAuthority Open(string folder, string hostName, TimeProvider time)
    {
        var (certificate, key) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca.key"));
        if (!File.Exists(certificate) && !File.Exists(key))
            Create(certificate, key, hostName, time.GetUtcNow());
        return new(X509Certificate2.CreateFromPem(ReferencedFile.ReadText(certificate), ReferencedFile.ReadText(key)), time);
    }

    /// <summary>A certificate for the hub's listeners.</summary>
    public X509Certificate2 IssueServer(IReadOnlyCollection<string> hostNames, TimeSpan validity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name(hostNames.First()), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in hostNames)
        {
            if (System.Net.IPAddress.TryParse(name, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], critical: false));
        using var signed = Sign(request, validity);
        using var withKey = signed.CopyWithPrivateKey(key);

        // Windows' TLS takes no key that exists in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Signs a device's certificate request.</summary>
    /// <param name="csr">PEM; its signature proves that the sender holds the key.</param>
    /// <param name="deviceId">The certificate's common name, whatever the request asks for.</param>
    /// <exception cref="CryptographicException">It is no certificate request, or its signature does not hold.</exception>
    public X509Certificate2 IssueClient(string csr, string deviceId, TimeSpan validity)
    {
        var asked = CertificateRequest.LoadSigningRequestPem(csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default);
        var request = new CertificateRequest(Name(deviceId), asked.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.2")], critical: false));
        return Sign(request, validity);
    }

    /// <summary>Whether this CA signed the certificate for a client, and it is valid now.</summary>
    public bool HasIssued(X509Certificate2 certificate) => CertificateChains.IsSignedBy(certificate, [Certificate], _time.GetUtcNow());

    public void Dispose() => Certificate.Dispose();

    internal static X500DistinguishedName Name(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName.Length <= 64 ? commonName : commonName[..64]);
        return name.Build();
    }

    private static void Create(string certificateFile, string keyFile, string hostName, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name($"EdgeOperator hub {hostName}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(now - Skew, now + Validity);

        // The key first: a certificate without its key could not be mended by the next start.
        AtomicFile.Write(keyFile, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        AtomicFile.Write(certificateFile, System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
    }

    private X509Certificate2 Sign(CertificateRequest request, TimeSpan validity)
    {
        var now = _time.GetUtcNow();
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        var until = now + validity < Certificate.NotAfter ? now + validity : Certificate.NotAfter;

        // By name and generator: so a device's key may be of another kind than the CA's.
        using var key = Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("the CA's key is not an ECDSA key");
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - Skew, until, serial);
    }
}
