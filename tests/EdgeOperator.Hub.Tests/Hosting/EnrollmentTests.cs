using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace EdgeOperator.Hub.Tests.Hosting;

/// <summary>A device makes a key, asks, is approved, and connects with the certificate that the hub's CA signed.</summary>
[Collection(SharedHub.Name)]
public sealed class EnrollmentTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task An_approved_device_gets_a_certificate_that_logs_it_in_and_that_it_can_renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (_, submitted) = await SubmitAsync("enrolled", key);
        var id = submitted!["id"]!.GetValue<string>();
        submitted["state"]!.GetValue<string>().Should().Be("Pending");

        var (approved, _) = await Hub.CallAsync("POST", $"api/v1/enrollments/{id}/approve", """{"labels":{"site":"berlin"}}""");
        approved.Should().Be(HttpStatusCode.OK);
        var request = (await Hub.CallAsync("GET", $"api/v1/enrollments/{id}", null, "")).Body!;
        using var first = WithKey(request["certificate"]!.GetValue<string>(), key);
        using var client = Hub.NewClient(first);

        (await Hub.CallAsync("GET", "devices/enrolled", null, "", client: client)).Status.Should().Be(HttpStatusCode.OK);
        (await Hub.CallAsync("GET", "twins/enrolled")).Body!["tags"]!.ToJsonString().Should().Be("""{"labels":{"site":"berlin"}}""");
        var (renewed, body) = await Hub.CallAsync("POST", "api/v1/certificate", JsonSerializer.Serialize(new { csr = Csr("enrolled", key) }), "", client: client);
        renewed.Should().Be(HttpStatusCode.OK);
        using var second = WithKey(body!["certificate"]!.GetValue<string>(), key);
        using var renewedClient = Hub.NewClient(second);
        (await Hub.CallAsync("GET", "devices/enrolled", null, "", client: renewedClient)).Status.Should().Be(HttpStatusCode.OK);

        await Hub.CallAsync("DELETE", "devices/enrolled", match: "*");
        (await Hub.CallAsync("GET", "devices/enrolled", null, "", client: renewedClient)).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Asking_again_gives_the_same_request_and_a_denied_one_stays_denied()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (_, first) = await SubmitAsync("denied", key);
        var (_, again) = await SubmitAsync("denied", key);
        var id = first!["id"]!.GetValue<string>();

        again!["id"]!.GetValue<string>().Should().Be(id);
        (await Hub.CallAsync("POST", $"api/v1/enrollments/{id}/deny")).Status.Should().Be(HttpStatusCode.NoContent);
        (await Hub.CallAsync("POST", $"api/v1/enrollments/{id}/approve")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await SubmitAsync("other-name", key)).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("bad name", null)]
    [InlineData("good", "no pem")]
    [InlineData("good", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")]
    public async Task What_is_no_request_is_refused(string device, string? csr)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var (status, _) = await Hub.CallAsync("POST", "api/v1/enrollments", JsonSerializer.Serialize(new { deviceId = device, csr = csr ?? Csr("x", key) }), "");

        status.Should().Be(HttpStatusCode.BadRequest);
    }

    private static string Csr(string name, ECDsa key) => new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    private static X509Certificate2 WithKey(string pem, ECDsa key)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.CopyWithPrivateKey(key);
    }

    private Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonNode? Body)> SubmitAsync(string device, ECDsa key) =>
        Hub.CallAsync("POST", "api/v1/enrollments", JsonSerializer.Serialize(new { deviceId = device, csr = Csr(device, key), info = new { os = "linux" } }), "");
}
