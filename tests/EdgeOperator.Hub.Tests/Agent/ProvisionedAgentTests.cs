using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>An agent whose hub a provisioning service names, in that service's own protocol.</summary>
[Collection(SharedHub.Name)]
public sealed class ProvisionedAgentTests(SharedHub shared) : IDisposable
{
    private readonly TempFolder _folder = new("dps");

    private HubUnderTest Hub => shared.Hub;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_device_of_a_group_provisions_itself_with_its_derived_key_once()
    {
        var groupKey = RandomNumberGenerator.GetBytes(32);
        await EnrollAsync("enrollmentGroups/agents", $$"""{"enrollmentGroupId":"agents","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"{{Convert.ToBase64String(groupKey)}}","secondaryKey":"{{Convert.ToBase64String(groupKey)}}"} } }""");
        var source = Source(new(Hub.Host, Hub.IdScope, "dps-agent", SymmetricKeyFile: _folder.Write("key", Convert.ToBase64String(HMACSHA256.HashData(groupKey, Encoding.UTF8.GetBytes("dps-agent"))))));

        await FetchAsync(source);
        await source.DisposeAsync();
        var registered = (await Hub.CallAsync("GET", "registrations/dps-agent", authorization: Hub.ProvisioningToken())).Body!["lastUpdatedDateTimeUtc"]!.GetValue<string>();
        await FetchAsync(source);
        await source.DisposeAsync();

        (await Hub.CallAsync("GET", "devices/dps-agent")).Body!["deviceId"]!.GetValue<string>().Should().Be("dps-agent");
        (await Hub.CallAsync("GET", "registrations/dps-agent", authorization: Hub.ProvisioningToken())).Body!["lastUpdatedDateTimeUtc"]!.GetValue<string>().Should().Be(registered);
    }

    [Fact]
    public async Task A_device_provisions_itself_with_a_certificate_of_its_own()
    {
        var own = CertificateFiles.Write(_folder, "dps-certificate");
        var pem = System.Text.Json.JsonSerializer.Serialize(own.Pem);
        await EnrollAsync("enrollments/dps-certificate", $$"""{"registrationId":"dps-certificate","attestation":{"type":"x509","x509":{"clientCertificates":{"primary":{"certificate":{{pem}}} } } } }""");
        var source = Source(new(Hub.Host, Hub.IdScope, "dps-certificate", CertificateFile: own.Certificate, KeyFile: own.Key));

        await FetchAsync(source);

        (await Hub.CallAsync("GET", "devices/dps-certificate")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
        await source.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_its_hub_no_longer_knows_asks_the_service_again()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await EnrollAsync("enrollments/dps-again", $$"""{"registrationId":"dps-again","attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"{{key}}","secondaryKey":"{{key}}"} } }""");
        var source = Source(new(Hub.Host, Hub.IdScope, "dps-again", SymmetricKeyFile: _folder.Write("key", key)));
        await FetchAsync(source);
        await source.DisposeAsync();
        await Hub.CallAsync("DELETE", "devices/dps-again", match: "*");

        (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("AuthenticationFailed");
        await FetchAsync(source);
        await source.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_the_service_does_not_know_is_told_so()
    {
        var source = Source(new(Hub.Host, Hub.IdScope, "dps-stranger", SymmetricKeyFile: _folder.Write("key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))));

        (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().BeOneOf("AuthenticationFailed", "Refused");
        await source.DisposeAsync();
    }

    private static async Task FetchAsync(TwinSource source) =>
        (await source.FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Fetched>();

    private TwinSource Source(ProvisioningConfiguration dps) => new(
        new() { Name = "twin", Hub = dps.Endpoint, DeviceId = "press-7", CaFile = Hub.CaFile, Provisioning = dps }, _folder.Path, new(), TimeProvider.System);

    private async Task EnrollAsync(string path, string body)
    {
        var (status, answer) = await Hub.CallAsync("PUT", path, body, Hub.ProvisioningToken());
        status.Should().Be(System.Net.HttpStatusCode.OK, answer?.ToJsonString());
    }
}
