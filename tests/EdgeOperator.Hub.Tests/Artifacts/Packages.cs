using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Hub.Tests.Artifacts;

/// <summary>Packages, and how they come to a hub and to a twin.</summary>
internal static class Packages
{
    public static byte[] Of(params (string Path, string Content)[] files) => Of([.. files.Select(f => new ManifestFile(f.Path, Encoding.UTF8.GetBytes(f.Content)))]);

    public static byte[] Of(params ManifestFile[] files)
    {
        using var package = new MemoryStream();
        ArtifactPackage.Write(package, files);
        return package.ToArray();
    }

    /// <summary>One with a manifest of a file, and as many random bytes beside it.</summary>
    public static byte[] Large(string path, string content, int size) => Of(
        new ManifestFile("greeting.yaml", Encoding.UTF8.GetBytes(Greeting(path, content))), new ManifestFile("data.bin", RandomNumberGenerator.GetBytes(size)));

    public static string Greeting(string path, string content) => $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: ConfigFile
        metadata: {name: greeting}
        spec: {path: "{{path}}", content: "{{content}}"}
        """;

    public static string HashOf(byte[] package) => Convert.ToHexStringLower(SHA256.HashData(package));

    /// <summary>Uploads a package.</summary>
    /// <returns>Its hash.</returns>
    public static async Task<string> PushAsync(this HubUnderTest hub, byte[] package)
    {
        var hash = HashOf(package);
        (await hub.SendAsync(HttpMethod.Put, hash, package)).StatusCode.Should().Be(HttpStatusCode.Created);
        return hash;
    }

    /// <param name="authorization">Null for the policy iothubowner.</param>
    public static async Task<HttpResponseMessage> SendAsync(
        this HubUnderTest hub, HttpMethod method, string hash, byte[]? body = null, string? authorization = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri($"https://{hub.Host}/api/v1/artifacts/{hash}"));
        request.Headers.TryAddWithoutValidation("Authorization", authorization ?? hub.Token());
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        return await hub.Client.SendAsync(request);
    }

    /// <summary>Has a device's twin name an artifact as the source <c>fleet</c>.</summary>
    public static async Task NameAsync(this HubUnderTest hub, string device, string hash, string revision, string? url = null)
    {
        var source = new JsonObject { ["revision"] = revision, ["digest"] = $"sha256:{hash}", ["url"] = url };
        var patch = new JsonObject { ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["edgeoperator"] = new JsonObject { ["sources"] = new JsonObject { ["fleet"] = source } } } } };
        (await hub.CallAsync("PATCH", $"twins/{device}", patch.ToJsonString())).Status.Should().Be(HttpStatusCode.OK);
    }
}
