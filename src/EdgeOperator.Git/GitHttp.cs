using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Git;

/// <summary>HTTP to a source's servers, with the certificate authorities and the proxy of the source, as the git program has them.</summary>
internal static class GitHttp
{
    /// <summary>Made anew for each use, so that a CA file can be replaced. Redirects are answers, not followed; timeouts are the caller's.</summary>
    /// <exception cref="FetchException">The CA file is missing or unusable.</exception>
    public static HttpClient Create(GitSourceConfiguration configuration) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = null,
        UseCookies = false,

        // A login must not follow.
        AllowAutoRedirect = false,
        Proxy = configuration.Proxy is { } proxy ? ProxyOf(new(proxy)) : null,
        UseProxy = configuration.Proxy is not null,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = configuration.CaFile is { } file ? PolicyOf(file) : null },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static WebProxy ProxyOf(Uri address) => new(address)
    {
        Credentials = address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password]
            ? new NetworkCredential(Uri.UnescapeDataString(user), password is [var text] ? Uri.UnescapeDataString(text) : "")
            : null,
    };

    private static X509ChainPolicy PolicyOf(string file)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(GitEnvironment.Existing("the CA file", file));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchReasons.AuthenticationFailed, $"the CA file {file} can't be used: {e.Message}");
        }

        return TrustedRoots.Only(roots);
    }
}
