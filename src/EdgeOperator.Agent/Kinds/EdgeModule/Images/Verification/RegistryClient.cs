using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>
/// Reads manifests and small blobs of one repository, by the OCI distribution specification 1.1. What has a digest is compared
/// with it.
/// </summary>
/// <param name="credential">What the engine would show the registry; null for none.</param>
internal sealed class RegistryClient(HttpClient http, ImageReference image, RegistryLogin? credential)
{
    /// <summary>Bytes; registries take no larger ones.</summary>
    private const int LargestManifest = 4 * 1024 * 1024;

    /// <summary>Bytes of a signature.</summary>
    private const int LargestBlob = 1024 * 1024;

    private const int LargestToken = 256 * 1024;

    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly string _host = image.Registry == "docker.io" ? "registry-1.docker.io" : image.Registry;
    private AuthenticationHeaderValue? _authorization;
    private string? _scheme;

    /// <param name="reference">A tag or a digest.</param>
    /// <returns>The manifest or index as it is; null when there is none.</returns>
    /// <exception cref="RegistryException">The registry can't be reached, refuses, or answers otherwise than it should.</exception>
    public async Task<RegistryDocument?> ManifestAsync(string reference, CancellationToken cancellation)
    {
        var content = await GetAsync($"manifests/{reference}", LargestManifest, cancellation);
        return content is null ? null : Checked(content, reference.Contains(':', StringComparison.Ordinal) ? reference : null);
    }

    /// <inheritdoc cref="ManifestAsync"/>
    public async Task<RegistryDocument?> BlobAsync(string digest, CancellationToken cancellation) =>
        await GetAsync($"blobs/{digest}", LargestBlob, cancellation) is { } content ? Checked(content, digest) : null;

    /// <summary>The index of what refers to a manifest; null where the registry does not keep one.</summary>
    /// <exception cref="RegistryException">The registry can't be reached or refuses.</exception>
    public async Task<RegistryDocument?> ReferrersAsync(string digest, CancellationToken cancellation) =>
        await GetAsync($"referrers/{digest}", LargestManifest, cancellation) is { } content ? Checked(content, digest: null) : null;

    private RegistryDocument Checked(byte[] content, string? digest)
    {
        var actual = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        return digest is null || actual == digest ? new(actual, content)
            : digest.StartsWith("sha256:", StringComparison.Ordinal) ? throw new RegistryException($"{image.Registry} answers with other content than {digest}")
            : throw new RegistryException($"the digest {digest} is not of SHA-256, which alone is verified");
    }

    /// <returns>Null when it is not there.</returns>
    private async Task<byte[]?> GetAsync(string path, int largest, CancellationToken cancellation)
    {
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                using var answer = await SendAsync(path, cancellation);
                switch (answer.StatusCode)
                {
                    case HttpStatusCode.NotFound:
                        return null;
                    case HttpStatusCode.Unauthorized when attempt == 0:
                        _authorization = await SignInAsync(answer, cancellation);
                        continue;
                    case HttpStatusCode.OK:
                        return await BoundedStream.ReadAllAsync(await answer.Content.ReadAsStreamAsync(cancellation), largest, $"{path} of {image.Registry}", cancellation);
                    case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                        throw new RegistryException($"{image.Registry} refuses access to {image.Repository}: unauthorized");
                    default:
                        throw new RegistryException($"{image.Registry} answered {(int)answer.StatusCode} for {path}");
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RegistryException($"{image.Registry} could not be asked: {(e.InnerException ?? e).Message}", e);
        }
    }

    /// <summary>As the engine does: over TLS, and without it only on this device.</summary>
    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellation)
    {
        if (_scheme is null && IsLoopback)
        {
            try
            {
                return await SendAsync("https", path, cancellation);
            }
            catch (HttpRequestException)
            {
                _scheme = "http";
            }
        }

        return await SendAsync(_scheme ?? "https", path, cancellation);
    }

    private Task<HttpResponseMessage> SendAsync(string scheme, string path, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{scheme}://{_host}/v2/{image.Repository}/{path}"));
        request.Headers.Authorization = _authorization;
        foreach (var type in ManifestTypes)
            request.Headers.Accept.ParseAdd(type);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private bool IsLoopback => Uri.TryCreate($"http://{_host}/", UriKind.Absolute, out var address) && address.IsLoopback;

    /// <summary>The registry's own challenge says how: a password at once, or a token that is got with it.</summary>
    private async Task<AuthenticationHeaderValue?> SignInAsync(HttpResponseMessage refused, CancellationToken cancellation)
    {
        var basic = credential is { Password: { } password, User: { } user }
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
            : null;
        foreach (var challenge in refused.Headers.WwwAuthenticate)
        {
            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && basic is not null)
                return basic;
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && challenge.Parameter is { } parameter)
                return new("Bearer", await TokenAsync(AuthenticationParameters.Parse(parameter), basic, cancellation));
        }

        throw new RegistryException($"{image.Registry} refuses access to {image.Repository}: unauthorized");
    }

    private async Task<string> TokenAsync(IReadOnlyDictionary<string, string> challenge, AuthenticationHeaderValue? basic, CancellationToken cancellation)
    {
        if (!challenge.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            throw new RegistryException($"{image.Registry} names no https address to sign in at");
        var service = challenge.GetValueOrDefault("service", "");
        var scope = $"repository:{image.Repository}:pull";
        using var request = credential?.IdentityToken is { } identity
            ? new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", identity), new("service", service), new("scope", scope), new("client_id", "edgeoperator")]),
            }
            : new HttpRequestMessage(HttpMethod.Get, new UriBuilder(address) { Query = $"service={Uri.EscapeDataString(service)}&scope={Uri.EscapeDataString(scope)}" }.Uri);
        if (credential?.IdentityToken is null)
            request.Headers.Authorization = basic;
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new RegistryException($"{image.Registry} refuses access to {image.Repository}: unauthorized ({address.Host} answered {(int)answer.StatusCode})");
        try
        {
            var content = await BoundedStream.ReadAllAsync(await answer.Content.ReadAsStreamAsync(cancellation), LargestToken, $"the token of {address.Host}", cancellation);
            using var document = JsonDocument.Parse(content);
            return (document.RootElement.TryGetProperty("token", out var token) || document.RootElement.TryGetProperty("access_token", out token) ? token.GetString() : null)
                ?? throw new JsonException("it has no token");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RegistryException($"{address.Host} gave {image.Registry}'s token in a form that is not understood: {e.Message}", e);
        }
    }
}

/// <param name="Digest">Of <paramref name="Content"/>, computed here.</param>
internal sealed record RegistryDocument(string Digest, ReadOnlyMemory<byte> Content);

/// <summary>A registry can't be asked; the message says which and why.</summary>
internal sealed class RegistryException(string message, Exception? inner = null) : Exception(message, inner);
