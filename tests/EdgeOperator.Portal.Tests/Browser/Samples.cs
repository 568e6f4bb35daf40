using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests;

namespace EdgeOperator.Portal.Tests.Browser;

internal static class Samples
{
    /// <summary>Has a device ask to join.</summary>
    /// <returns>The request's id.</returns>
    public static async Task<string> AskToJoinAsync(HubUnderTest hub, string device, string info)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest("CN=device", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var (status, body) = await hub.CallAsync("POST", "api/v1/enrollments", new JsonObject { ["deviceId"] = device, ["csr"] = csr, ["info"] = JsonNode.Parse(info) }.ToJsonString(), "");
        status.Should().Be(HttpStatusCode.Accepted, body?.ToJsonString());
        return body!["id"]!.GetValue<string>();
    }
}
