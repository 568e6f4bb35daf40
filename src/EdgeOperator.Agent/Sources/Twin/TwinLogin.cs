using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>What a connection needs.</summary>
/// <param name="Password">A token; null when the certificate is the proof.</param>
/// <param name="TrustedRoots">Null for what the system trusts.</param>
internal sealed record TwinLogin(
    string Host, int Port, string DeviceId, string? ModuleId, string? Password, X509Certificate2? Certificate, X509Certificate2Collection? TrustedRoots)
{
    /// <summary>TLS to the hub, over MQTT and over HTTPS.</summary>
    public SslClientAuthenticationOptions Tls()
    {
        // Not resumed: a session has the certificate that it began with, which may have been renewed since.
        var options = new SslClientAuthenticationOptions { TargetHost = Host, AllowTlsResume = false };
        if (TrustedRoots is { } roots)
            options.CertificateChainPolicy = Platform.Sockets.TrustedRoots.Only(roots);

        // A context, not the certificate alone: for that a chain would be built with the system's authorities, which take a megabyte in memory.
        if (Certificate is { } certificate)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                certificate, additionalCertificates: null, offline: true, TrustedRoots is null ? null : SslCertificateTrust.CreateForX509Collection(TrustedRoots));
        return options;
    }
}
