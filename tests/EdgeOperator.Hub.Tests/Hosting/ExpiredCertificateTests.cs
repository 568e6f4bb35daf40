using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Hosting;

/// <summary>A device that was away for longer than its certificate was valid.</summary>
public sealed class ExpiredCertificateTests
{
    [Fact(DisplayName = "iotedge 7321, smallstep 177: a certificate that ended while its device was away is renewed with the same key for a while, and opens nothing else")]
    public async Task A_certificate_that_has_ended_is_renewed_within_the_grace_and_with_its_key_alone()
    {
        await using var hub = HubUnderTest.Prepare("enrollment: {certificateValidity: 10d, renewalGrace: 30d}");
        var time = new ShiftedTime();
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        var running = HubProcess.RunAsync(hub.ReadConfiguration(), output, NullLoggerFactory.Instance, time, stop.Token);
        await Eventually.TrueAsync("the hub listens", () => running.IsFaulted || output.ToString().Contains("ID scope", StringComparison.Ordinal));
        await hub.ReadAccessAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = (string)(await hub.CallAsync("POST", "api/v1/enrollments", JsonSerializer.Serialize(new { deviceId = "away", csr = Csr(key) }), "")).Body!["id"]!;
        await hub.CallAsync("POST", $"api/v1/enrollments/{id}/approve");
        using var certificate = X509Certificate2.CreateFromPem((string)(await hub.CallAsync("GET", $"api/v1/enrollments/{id}", null, "")).Body!["certificate"]!).CopyWithPrivateKey(key);
        using var device = hub.NewClient(certificate);
        (await hub.CallAsync("GET", "devices/away", null, "", client: device)).Status.Should().Be(HttpStatusCode.OK);

        time.Pass(TimeSpan.FromDays(35));
        (await hub.CallAsync("GET", "devices/away", null, "", client: device)).Status.Should().Be(HttpStatusCode.Unauthorized);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await RenewAsync(hub, device, other)).Status.Should().Be(HttpStatusCode.Unauthorized, "whoever has stolen it has not its key");
        var (status, answer) = await RenewAsync(hub, device, key);
        status.Should().Be(HttpStatusCode.OK);
        using var renewed = X509Certificate2.CreateFromPem((string)answer!["certificate"]!).CopyWithPrivateKey(key);
        using var again = hub.NewClient(renewed);
        (await hub.CallAsync("GET", "devices/away", null, "", client: again)).Status.Should().Be(HttpStatusCode.OK);

        time.Pass(TimeSpan.FromDays(41));
        (await RenewAsync(hub, again, key)).Body!.ToJsonString().Should().Contain("the certificate has ended too long ago");
        await stop.CancelAsync();
        await running;
    }

    private static Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonNode? Body)> RenewAsync(HubUnderTest hub, HttpClient device, ECDsa key) =>
        hub.CallAsync("POST", "api/v1/certificate", JsonSerializer.Serialize(new { csr = Csr(key) }), "", client: device);

    private static string Csr(ECDsa key) => new CertificateRequest("CN=away", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
}
