using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Testing;

/// <summary>Signs images in a registry as cosign does with a key pair, in either of its layouts.</summary>
public sealed class ImageSigner : IDisposable
{
    public const string SignPredicate = "https://sigstore.dev/cosign/sign/v1";

    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Index = "application/vnd.oci.image.index.v1+json";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient _http = new();

    public string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The digest that an image has in its registry now.</summary>
    public async Task<string> DigestAsync(string image)
    {
        var (repository, tag) = Split(image);
        return TestImage.Digest(await ReadAsync($"{repository}/manifests/{tag}"));
    }

    /// <summary>The layout with a tag: simple signing.</summary>
    /// <param name="digest">What is signed; null for the image itself.</param>
    /// <param name="payload">The whole payload; null for one as cosign writes it.</param>
    public async Task SignByTagAsync(string image, string? digest = null, string? payload = null)
    {
        var (repository, _) = Split(image);
        var own = await DigestAsync(image);
        var signed = Encoding.UTF8.GetBytes(payload ?? $$$"""{"critical":{"identity":{"docker-reference":"{{{image}}}"},"image":{"docker-manifest-digest":"{{{digest ?? own}}}"},"type":"cosign container image signature"},"optional":null}""");
        var layer = await BlobAsync(repository, signed, "application/vnd.dev.cosign.simplesigning.v1+json");
        layer["annotations"] = new JsonObject { ["dev.cosignproject.cosign/signature"] = Sign(signed) };
        await ManifestAsync(repository, $"{own.Replace(':', '-')}.sig", Manifest, new() { ["config"] = await BlobAsync(repository, "{}"u8.ToArray(), "application/vnd.oci.image.config.v1+json"), ["layers"] = new JsonArray(layer) });
    }

    /// <summary>The layout with a Sigstore bundle that refers to the image, found by the tag where the registry keeps no referrers.</summary>
    /// <param name="bundle">The whole bundle; null for one as cosign writes it.</param>
    public async Task SignByBundleAsync(string image, string? digest = null, string predicate = SignPredicate, string? bundle = null)
    {
        var (repository, _) = Split(image);
        var own = await DigestAsync(image);
        var layer = await BlobAsync(repository, Encoding.UTF8.GetBytes(bundle ?? Bundle(digest ?? own, predicate)), "application/vnd.dev.sigstore.bundle.v0.3+json");
        var referrer = await ManifestAsync(repository, null, Manifest, new()
        {
            ["artifactType"] = "application/vnd.dev.sigstore.bundle.v0.3+json",
            ["config"] = await BlobAsync(repository, "{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"),
            ["layers"] = new JsonArray(layer),
            ["subject"] = new JsonObject { ["mediaType"] = Manifest, ["digest"] = own, ["size"] = 1 },
        });
        await ManifestAsync(repository, own.Replace(':', '-'), Index, new() { ["manifests"] = new JsonArray(referrer) });
    }

    /// <summary>Puts an index in the place of an image, as for several platforms.</summary>
    public async Task PutIntoIndexAsync(string image)
    {
        var (repository, tag) = Split(image);
        var manifest = await ReadAsync($"{repository}/manifests/{tag}");
        var entry = new JsonObject
        {
            ["mediaType"] = (string?)JsonNode.Parse(manifest)!["mediaType"],
            ["digest"] = TestImage.Digest(manifest),
            ["size"] = manifest.Length,
            ["platform"] = new JsonObject { ["architecture"] = "amd64", ["os"] = "linux" },
        };
        await ManifestAsync(repository, tag, Index, new() { ["manifests"] = new JsonArray(entry) });
    }

    public string Bundle(string digest, string predicate = SignPredicate)
    {
        const string type = "application/vnd.in-toto+json";
        var payload = Encoding.UTF8.GetBytes($$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"{{{digest[7..]}}}"}}],"predicateType":"{{{predicate}}}","predicate":{}}""");
        byte[] signed = [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];
        return $$$"""{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"dsseEnvelope":{"payload":"{{{Convert.ToBase64String(payload)}}}","payloadType":"{{{type}}}","signatures":[{"sig":"{{{Sign(signed)}}}"}]}}""";
    }

    public string Sign(byte[] content) => Convert.ToBase64String(_key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public void SignIn(string user, string password) => _http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public void Dispose()
    {
        _http.Dispose();
        _key.Dispose();
    }

    /// <summary>The repository's address, and the tag.</summary>
    private static (string Repository, string Tag) Split(string image)
    {
        var (slash, colon) = (image.IndexOf('/'), image.LastIndexOf(':'));
        return ($"http://{image[..slash]}/v2/{image[(slash + 1)..colon]}", image[(colon + 1)..]);
    }

    private async Task<byte[]> ReadAsync(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var type in (string[])[Index, Manifest, "application/vnd.docker.distribution.manifest.v2+json"])
            request.Headers.Accept.ParseAdd(type);
        using var answer = await _http.SendAsync(request);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    private async Task<JsonObject> BlobAsync(string repository, byte[] content, string type)
    {
        var digest = TestImage.Digest(content);
        using var begun = await _http.PostAsync(new Uri($"{repository}/blobs/uploads/"), null);
        var place = new UriBuilder(new Uri(new Uri(repository), begun.EnsureSuccessStatusCode().Headers.Location!));
        place.Query = $"{place.Query.TrimStart('?')}&digest={digest}";
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new("application/octet-stream");
        using var done = await _http.PutAsync(place.Uri, body);
        done.EnsureSuccessStatusCode();
        return new() { ["mediaType"] = type, ["digest"] = digest, ["size"] = content.Length };
    }

    /// <param name="tag">Null for the digest.</param>
    /// <returns>What an index says of it.</returns>
    private async Task<JsonObject> ManifestAsync(string repository, string? tag, string type, JsonObject manifest)
    {
        manifest["schemaVersion"] = 2;
        manifest["mediaType"] = type;
        var content = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await _http.PutAsync(new Uri($"{repository}/manifests/{tag ?? TestImage.Digest(content)}"), body);
        answer.EnsureSuccessStatusCode();
        return new() { ["mediaType"] = type, ["digest"] = TestImage.Digest(content), ["size"] = content.Length };
    }
}
