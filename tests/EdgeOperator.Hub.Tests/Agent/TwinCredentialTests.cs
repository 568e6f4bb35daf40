using System.Security.Cryptography.X509Certificates;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>What an agent proves itself by, and that it renews it in time.</summary>
[Collection(SharedHub.Name)]
public sealed class TwinCredentialTests(SharedHub shared) : IDisposable
{
    private readonly TempFolder _folder = new("credentials");
    private readonly ShiftedTime _time = new();

    private HubUnderTest Hub => shared.Hub;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_connection_is_made_anew_before_its_token_ends()
    {
        var key = _folder.Write("key", await Hub.CreateDeviceAsync("renews-token"));
        await using var source = Source(new() { Name = "twin", Hub = Hub.Host, DeviceId = "renews-token", CaFile = Hub.CaFile, KeyFile = key });
        await FetchAsync(source);
        var first = await ConnectedAtAsync("renews-token");

        _time.Pass(TimeSpan.FromMinutes(40));
        await FetchAsync(source);
        (await ConnectedAtAsync("renews-token")).Should().Be(first);
        _time.Pass(TimeSpan.FromMinutes(10));
        await FetchAsync(source);

        (await ConnectedAtAsync("renews-token")).Should().NotBe(first);
    }

    [Fact]
    public async Task A_certificate_is_renewed_from_two_thirds_of_its_life_on_with_the_same_key()
    {
        await using var source = Source(new() { Name = "twin", Hub = Hub.Host, DeviceId = "renews-certificate", CaFile = Hub.CaFile });
        var pending = (await source.FetchAsync(new(null), default)).Should().BeOfType<FetchResult.Failed>().Which;
        await Hub.CallAsync("POST", $"api/v1/enrollments/{pending.Message.Split("request ")[1]}/approve");
        await FetchAsync(source);
        using var first = Certificate();
        var life = first.NotAfter - first.NotBefore;

        _time.Pass(life * 0.6);
        await FetchAsync(source);
        Certificate().SerialNumber.Should().Be(first.SerialNumber);
        _time.Pass(life * 0.1);

        // The hub ends the connections of a device whose certificate has been replaced, and may still do so when it is back already.
        await Eventually.SucceedsAsync(() => FetchAsync(source));

        using var second = Certificate();
        second.SerialNumber.Should().NotBe(first.SerialNumber);
        second.GetPublicKeyString().Should().Be(first.GetPublicKeyString());
        second.NotAfter.Should().BeOnOrAfter(first.NotAfter);
    }

    [Fact]
    public async Task A_device_may_have_a_certificate_of_its_own()
    {
        var own = CertificateFiles.Write(_folder, "own-certificate");
        var (status, _) = await Hub.CallAsync("PUT", "devices/own-certificate", $$"""{"deviceId":"own-certificate","authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"{{own.Thumbprint}}"} } }""");
        status.Should().Be(System.Net.HttpStatusCode.OK);
        await using var source = Source(new() { Name = "twin", Hub = Hub.Host, DeviceId = "own-certificate", CaFile = Hub.CaFile, CertificateFile = own.Certificate, PrivateKeyFile = own.Key });

        await FetchAsync(source);

        (await Hub.CallAsync("GET", "devices/own-certificate")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
    }

    private static async Task FetchAsync(TwinSource source)
    {
        var result = await source.FetchAsync(new(null), default);
        result.Should().BeOfType<FetchResult.Fetched>((result as FetchResult.Failed)?.Message ?? "");
    }

    private TwinSource Source(TwinSourceConfiguration configuration) => new(configuration, _folder.Path, new(), _time);

    private X509Certificate2 Certificate() => X509CertificateLoader.LoadCertificateFromFile(_folder.File("device.pem"));

    private async Task<string> ConnectedAtAsync(string device) => (await Hub.CallAsync("GET", $"devices/{device}")).Body!["connectionStateUpdatedTime"]!.ToJsonString();
}
