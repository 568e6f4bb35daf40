using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Testing;

/// <summary>Brings test images to where they are pulled from or used.</summary>
public static class TestImages
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Puts the image into a registry.</summary>
    /// <returns>Its reference, such as <c>127.0.0.1:5000/sleeper:1</c>.</returns>
    public static async Task<string> PushAsync(this TestImage image, PrivateRegistry registry)
    {
        using var http = new HttpClient { BaseAddress = new($"http://{registry.Address}/v2/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{PrivateRegistry.User}:{PrivateRegistry.Password}")));
        var colon = image.Name.LastIndexOf(':');
        var (repository, tag) = (image.Name[..colon], image.Name[(colon + 1)..]);

        var layers = new JsonArray();
        foreach (var layer in image.Layers)
        {
            layers.Add(await PushBlobAsync(http, repository, Compress(layer), "application/vnd.docker.image.rootfs.diff.tar.gzip"));
        }

        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = await PushBlobAsync(http, repository, image.Manifest(), "application/vnd.docker.container.image.v1+json"),
            ["layers"] = layers,
        };
        using var body = new StringContent(manifest.ToJsonString(), new MediaTypeHeaderValue(ManifestType));
        using var answer = await http.PutAsync(new Uri($"{repository}/manifests/{tag}", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
        return $"{registry.Address}/{image.Name}";
    }

    /// <summary>Puts the image right into an engine, without a registry.</summary>
    /// <param name="reference">What the engine is to call it; null for the image's own name.</param>
    /// <returns>The reference.</returns>
    public static Task<string> LoadAsync(this TestImage image, PrivateEngine engine, string? reference = null) => image.LoadAsync(engine.Http, reference);

    /// <inheritdoc cref="LoadAsync(TestImage, PrivateEngine, string?)"/>
    public static async Task<string> LoadAsync(this TestImage image, HttpClient engine, string? reference = null)
    {
        reference ??= image.Name;
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            Add(tar, "config.json", image.Manifest());
            var names = image.Layers.Select((layer, i) => (Name: $"layer{i}.tar", Content: layer)).ToList();
            names.ForEach(layer => Add(tar, layer.Name, layer.Content));
            Add(tar, "manifest.json", Encoding.UTF8.GetBytes(new JsonArray(new JsonObject
            {
                ["Config"] = "config.json",
                ["RepoTags"] = new JsonArray(reference),
                ["Layers"] = new JsonArray([.. names.Select(layer => (JsonNode)layer.Name)]),
            }).ToJsonString()));
        }

        stream.Position = 0;
        using var body = new StreamContent(stream);
        using var answer = await engine.PostAsync(new Uri("images/load?quiet=1", UriKind.Relative), body);
        var text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        return text.Contains("errorDetail", StringComparison.Ordinal) ? throw new InvalidOperationException(text) : reference;
    }

    private static async Task<JsonObject> PushBlobAsync(HttpClient http, string repository, byte[] content, string type)
    {
        var digest = TestImage.Digest(content);
        using var head = new HttpRequestMessage(HttpMethod.Head, $"{repository}/blobs/{digest}");
        using var known = await http.SendAsync(head);
        if (!known.IsSuccessStatusCode)
        {
            using var begin = await http.PostAsync(new Uri($"{repository}/blobs/uploads/", UriKind.Relative), null);
            var location = begin.EnsureSuccessStatusCode().Headers.Location!;
            using var body = new ByteArrayContent(content);
            body.Headers.ContentType = new("application/octet-stream");
            var separator = location.OriginalString.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            using var end = await http.PutAsync(new Uri($"{location.OriginalString}{separator}digest={digest}", UriKind.RelativeOrAbsolute), body);
            end.EnsureSuccessStatusCode();
        }

        return new() { ["mediaType"] = type, ["size"] = content.Length, ["digest"] = digest };
    }

    private static byte[] Compress(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] content)
    {
        using var data = new MemoryStream(content);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
    }
}
