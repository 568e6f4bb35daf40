using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests;
using EdgeOperator.Testing;

namespace EdgeOperator.Portal.Tests.Browser;

internal static class Samples
{
    /// <summary>Makes a fleet of the devices with a role, or changes it, and waits until its rollout has begun.</summary>
    /// <param name="policy">Its rollout policy, as JSON.</param>
    public static async Task WriteFleetAsync(HubUnderTest hub, string name, string role, string commit, string policy = "{}")
    {
        var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["role"] = role } }, ["source"] = new JsonObject { ["ref"] = new JsonObject { ["commit"] = commit } }, ["rolloutPolicy"] = JsonNode.Parse(policy) };
        var (status, body) = await hub.CallAsync("PUT", $"api/v1/fleets/{name}", new JsonObject { ["spec"] = spec }.ToJsonString());
        status.Should().Be(HttpStatusCode.OK, body?.ToJsonString());
        await Eventually.TrueAsync("the rollout has begun", async () => (string?)(await hub.CallAsync("GET", $"api/v1/fleets/{name}")).Body!["rollout"]?["revision"] == commit);
    }

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
