using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using LibGit2Sharp;

namespace EdgeOperator.Hub.Repositories;

/// <summary>
/// What libgit2 may do in one fetch: how long, how much, with which login, and which server it takes for the right one. libgit2 asks by
/// callbacks, and reports what they refuse in words of its own: <see cref="Refusal"/> has theirs.
/// </summary>
internal sealed class FetchLimits(GitSourceConfiguration configuration, GitUrl url, GitEnvironment environment, TimeProvider time, CancellationToken cancellation)
{
    private readonly long _started = time.GetTimestamp();
    private bool _hasLoggedIn;

    public FetchException? Refusal { get; private set; }

    public FetchOptions Options => new()
    {
        Prune = true,
        TagFetchMode = TagFetchMode.None,
        OnProgress = _ => IsWithinTime(),
        OnTransferProgress = progress => IsWithinTime() && IsWithinSize(progress.ReceivedBytes),
        CertificateCheck = IsTrusted,
        CredentialsProvider = LogIn,
        ProxyOptions = { ProxyType = configuration.Proxy is null ? ProxyType.None : ProxyType.Specified, Url = configuration.Proxy },
    };

    private bool IsWithinTime()
    {
        if (cancellation.IsCancellationRequested)
            return false;
        return time.GetElapsedTime(_started) <= configuration.Timeout || Refuse(FetchReasons.TimedOut, $"it was not fetched within {configuration.Timeout}");
    }

    private bool IsWithinSize(long received) =>
        received <= configuration.MaxRepositorySize || Refuse(FetchReasons.Refused, $"the repository has more than {configuration.MaxRepositorySize} bytes (maxRepositorySize)");

    // libgit2 knows the system's CAs alone, and gives no more than the server's own certificate.
    private bool IsTrusted(Certificate certificate, bool valid, string host)
    {
        if (configuration.CaFile is not { } file)
            return valid || Refuse(FetchReasons.AuthenticationFailed, $"the certificate of {host} is by no CA that this machine trusts (auth.caFile names another one)");
        if (certificate is not CertificateX509 { Certificate: { } server })
            return Refuse(FetchReasons.AuthenticationFailed, $"{host} has no certificate");
        try
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPemFile(GitEnvironment.Existing("the CA file", file));
            using var leaf = X509CertificateLoader.LoadCertificate(server.Export(X509ContentType.Cert));
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.VerificationTimeIgnored = false;
            chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
            chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
            foreach (var authority in trusted)
                (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(authority);
            if (!chain.Build(leaf))
                return Refuse(FetchReasons.AuthenticationFailed, $"the certificate of {host} is not accepted by the CA file: {string.Join(", ", chain.ChainStatus.Select(s => s.Status))}");
            return leaf.MatchesHostname(host) || Refuse(FetchReasons.AuthenticationFailed, $"the certificate is for another name than {host}");
        }
        catch (FetchException e)
        {
            return Refuse(e.Reason, e.Message);
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            return Refuse(FetchReasons.AuthenticationFailed, $"the CA file can't be used: {e.Message}");
        }
    }

    // libgit2 asks again and again while a login is refused.
    private UsernamePasswordCredentials LogIn(string asked, string user, SupportedCredentialTypes types)
    {
        var login = environment.Login();
        if (login is null)
            throw Refused(FetchReasons.AuthenticationFailed, "the server asks for a login (auth.tokenFile)");
        if (url.Transport == GitTransport.Http)
            throw Refused(FetchReasons.Refused, "a login over http could be read by anybody on the way: use https");
        if (_hasLoggedIn)
            throw Refused(FetchReasons.AuthenticationFailed, "the server does not accept the login");
        if (!asked.StartsWith(url.Origin, StringComparison.OrdinalIgnoreCase))
            throw Refused(FetchReasons.Refused, $"the login is for {url.Origin} alone, and another server asks for it");
        _hasLoggedIn = true;
        return new() { Username = login.Value.User, Password = login.Value.Password };
    }

    private FetchException Refused(string reason, string message)
    {
        Refuse(reason, message);
        return Refusal!;
    }

    private bool Refuse(string reason, string message)
    {
        Refusal ??= new(reason, message);
        return false;
    }
}
