using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Hub;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Hub.Security;

/// <summary>
/// The certificate that listeners show: from the configured files, read again when they change, or issued by the hub's own
/// CA and renewed after two thirds of its life.
/// </summary>
internal sealed class ServerCertificates : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    private readonly Lock _lock = new();
    private readonly HubConfiguration _configuration;
    private readonly CertificateAuthority _authority;
    private readonly TimeProvider _time;
    private readonly Action<string, Exception> _onUnusable;
    private X509Certificate2 _current;
    private long _checked;
    private DateTime _filesWritten;

    /// <param name="onUnusable">Told of files that changed and can't be used; the certificate before stays.</param>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate or key, or they don't belong together.</exception>
    public ServerCertificates(HubConfiguration configuration, CertificateAuthority authority, TimeProvider time, Action<string, Exception> onUnusable)
    {
        (_configuration, _authority, _time, _onUnusable) = (configuration, authority, time, onUnusable);
        _current = Load();
        _checked = time.GetTimestamp();
    }

    public X509Certificate2 Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_checked) >= CheckInterval)
                    Renew();
                return _current;
            }
        }
    }

    public void Dispose() => _current.Dispose();

    private void Renew()
    {
        var now = _time.GetUtcNow();
        _checked = _time.GetTimestamp();
        try
        {
            if (_configuration.Tls.Certificate is not null ? WrittenAt() != _filesWritten : now > _current.NotAfter - (Validity / 3))
                _current = Load();
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            _onUnusable(_configuration.Tls.Certificate ?? "the hub's CA", e);
        }
    }

    private X509Certificate2 Load()
    {
        if (_configuration.Tls is not { Certificate: { } certificate, Key: { } key })
            return _authority.IssueServer([_configuration.HostName, .. _configuration.Tls.AlternativeNames], Validity);
        _filesWritten = WrittenAt();
        using var pem = X509Certificate2.CreateFromPem(ReferencedFile.ReadText(certificate), ReferencedFile.ReadText(key));
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
    }

    private DateTime WrittenAt()
    {
        var (certificate, key) = (File.GetLastWriteTimeUtc(_configuration.Tls.Certificate!), File.GetLastWriteTimeUtc(_configuration.Tls.Key!));
        return certificate > key ? certificate : key;
    }
}
