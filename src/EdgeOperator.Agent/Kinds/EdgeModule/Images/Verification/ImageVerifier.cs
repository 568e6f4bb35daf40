using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>
/// Verifies what a registry has under an image's name by cosign's signatures there: those under the tag
/// <c>sha256-HEX.sig</c>, and Sigstore bundles that refer to the image (by the referrers API, or by the tag <c>sha256-HEX</c> where
/// the registry has none).
/// </summary>
internal sealed class ImageVerifier(RegistryCredentials credentials)
{
    private const string SimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";
    private const string SignatureAnnotation = "dev.cosignproject.cosign/signature";
    private const string BundleType = "application/vnd.dev.sigstore.bundle";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Of an image that are looked at, in each of the two layouts.</summary>
    private const int MostSignatures = 32;

    private const int QuotedRefusals = 3;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <param name="rule">With keys.</param>
    /// <param name="fromManifests">See <see cref="RegistryCredentials.HeaderFor"/>.</param>
    /// <returns>The digest that was verified: of the manifest or index that the name stands for at this moment.</returns>
    /// <exception cref="ImageNotVerifiedException">There is no good signature.</exception>
    /// <exception cref="RegistryException">The registry can't be asked, or has no such image.</exception>
    /// <exception cref="PublicKeyException">A key can't be used.</exception>
    /// <exception cref="CredentialsException">The credentials can't be used.</exception>
    public async Task<VerifiedImage> VerifyAsync(ImageReference image, ImageRule rule, ImmutableArray<RegistryCredential> fromManifests, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            var keys = PublicKeys.Read(rule.Keys);
            using var http = RegistryHttp.Create(image.Registry);
            var registry = new RegistryClient(http, image, RegistryLogin.Of(credentials.HeaderFor(image.Canonical, fromManifests)));
            var manifest = await registry.ManifestAsync(image.Digest ?? image.Tag!, deadline.Token)
                ?? throw new RegistryException($"manifest unknown: {image.Registry} has no {image}");
            var refusals = new List<string>();
            await foreach (var verdict in VerdictsAsync(registry, manifest.Digest, keys, deadline.Token))
            {
                if (verdict.Key is { } key)
                    return new(manifest.Digest, key);
                refusals.Add(verdict.Refusal!);
            }

            throw new ImageNotVerifiedException(refusals.Count == 0
                ? $"{image} ({manifest.Digest}) has no signature: sign it, or correct images.verify in the agent's configuration"
                : $"{image} ({manifest.Digest}) has no good signature: {string.Join("; ", refusals.Distinct().Take(QuotedRefusals))}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RegistryException($"{image.Registry} did not answer: timed out after {Timeout.TotalSeconds:0} s");
        }
    }

    private static async IAsyncEnumerable<SignatureVerdict> VerdictsAsync(
        RegistryClient registry, string digest, PublicKeys keys, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var tag = digest.Replace(':', '-');
        foreach (var layer in Descriptors(await registry.ManifestAsync($"{tag}.sig", cancellation), "layers").Where(l => l.MediaType == SimpleSigning))
        {
            yield return await registry.BlobAsync(layer.Digest, cancellation) is { } payload
                ? ImageSignature.OfSimpleSigning(payload.Content, layer.Signature, digest, keys)
                : SignatureVerdict.Refuse($"it is missing: {layer.Digest}");
        }

        var (listed, tagged) = (await registry.ReferrersAsync(digest, cancellation), await registry.ManifestAsync(tag, cancellation));
        foreach (var referrer in Descriptors(listed, "manifests").Concat(Descriptors(tagged, "manifests")).DistinctBy(d => d.Digest))
        {
            var layers = Descriptors(await registry.ManifestAsync(referrer.Digest, cancellation), "layers");
            foreach (var layer in layers.Where(l => l.MediaType.StartsWith(BundleType, StringComparison.Ordinal)))
            {
                yield return await registry.BlobAsync(layer.Digest, cancellation) is { } bundle
                    ? ImageSignature.OfBundle(bundle.Content, digest, keys)
                    : SignatureVerdict.Refuse($"it is missing: {layer.Digest}");
            }
        }
    }

    /// <summary>What a manifest or index lists; nothing when it is none.</summary>
    private static List<Descriptor> Descriptors(RegistryDocument? document, string list)
    {
        var descriptors = new List<Descriptor>();
        try
        {
            using var json = JsonDocument.Parse(document?.Content ?? "{}"u8.ToArray());
            if (!json.RootElement.TryGetProperty(list, out var items))
                return [];
            foreach (var item in items.EnumerateArray().Take(MostSignatures))
            {
                if (Text(item, "digest") is { } digest && IsDigest(digest))
                    descriptors.Add(new(digest, Text(item, "mediaType") ?? "", item.TryGetProperty("annotations", out var a) ? Text(a, SignatureAnnotation) ?? "" : ""));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Garbage in the place of a signature is none.
        }

        return descriptors;
    }

    /// <summary>Goes into an address.</summary>
    private static bool IsDigest(string text) => text.Length == 71 && text.StartsWith("sha256:", StringComparison.Ordinal) && text.AsSpan(7).IndexOfAnyExcept(HexDigits) < 0;

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <param name="Signature">In base64; empty when there is none.</param>
    private readonly record struct Descriptor(string Digest, string MediaType, string Signature);
}

/// <summary>An image has no good signature; the message says why, image included.</summary>
internal sealed class ImageNotVerifiedException(string message) : Exception(message);
