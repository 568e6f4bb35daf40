using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Security;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Security;

public sealed class ServerCertificatesTests : IDisposable
{
    private readonly TempFolder _folder = new("certificates");
    private readonly SetClock _clock = new();
    private readonly CertificateAuthority _authority;
    private readonly List<string> _unusable = [];

    public ServerCertificatesTests() => _authority = CertificateAuthority.Open(_folder, "hub", _clock);

    [Fact]
    public void Files_that_have_changed_are_read_again_and_what_can_t_be_used_changes_nothing()
    {
        Write("first");
        using var certificates = Open(HubConfigurationReader.Default("hub") with { Tls = new([], _folder.File("cert.pem"), _folder.File("key.pem")) });
        certificates.Current.Subject.Should().Be("CN=first");

        Write("second");
        certificates.Current.Subject.Should().Be("CN=first", "files are looked at now and then only");
        _clock.Pass(TimeSpan.FromMinutes(1));
        certificates.Current.Subject.Should().Be("CN=second");

        File.WriteAllText(_folder.File("cert.pem"), "half a certifi");
        File.SetLastWriteTimeUtc(_folder.File("cert.pem"), DateTime.UnixEpoch.AddYears(60));
        _clock.Pass(TimeSpan.FromMinutes(1));
        certificates.Current.Subject.Should().Be("CN=second");
        _unusable.Should().Equal(_folder.File("cert.pem"));

        Write("third");
        _clock.Pass(TimeSpan.FromMinutes(1));
        certificates.Current.Subject.Should().Be("CN=third");
    }

    [Fact]
    public void One_of_the_hubs_own_is_renewed_after_two_thirds_of_its_life()
    {
        using var certificates = Open(HubConfigurationReader.Default("hub"));
        var first = certificates.Current;

        _clock.Pass(TimeSpan.FromDays(59));
        certificates.Current.Should().BeSameAs(first);
        _clock.Pass(TimeSpan.FromDays(2));

        certificates.Current.NotAfter.Should().BeAfter(first.NotAfter);
        certificates.Current.MatchesHostname("hub").Should().BeTrue();
        _unusable.Should().BeEmpty();
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private ServerCertificates Open(HubConfiguration configuration) => new(configuration, _authority, _clock, (what, _) => _unusable.Add(what));

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(_clock.GetUtcNow(), _clock.GetUtcNow().AddDays(1));
        _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        _folder.Write("cert.pem", certificate.ExportCertificatePem());

        // Files that are written within the same tick of the file system's clock are told apart.
        File.SetLastWriteTimeUtc(_folder.File("cert.pem"), DateTime.UnixEpoch.AddDays(name.GetHashCode(StringComparison.Ordinal) & 0xFFF));
    }
}
