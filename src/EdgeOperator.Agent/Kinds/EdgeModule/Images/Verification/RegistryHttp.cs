using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>HTTP to a registry, which is trusted as the engine trusts it.</summary>
internal static class RegistryHttp
{
    /// <summary>Where Docker and Podman look for the certificates of registries, by their host and port.</summary>
    private static readonly string[] CertificateFolders = ["/etc/docker/certs.d", "/etc/containers/certs.d"];

    public static HttpClient Create(string registry) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        MaxAutomaticRedirections = 5,
        ActivityHeadersPropagator = null,
        UseCookies = false,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = PolicyOf(registry) },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static X509ChainPolicy? PolicyOf(string registry)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var file in CertificateFolders.Select(f => Path.Combine(f, registry)).Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.crt")))
        {
            try
            {
                certificates.ImportFromPem(ReferencedFile.ReadText(file));
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                // Then the connection says that it is not trusted.
            }
        }

        return certificates.Count == 0 ? null : TrustedRoots.Only(certificates);
    }
}
