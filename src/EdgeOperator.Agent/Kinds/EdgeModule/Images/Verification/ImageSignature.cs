using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>
/// Whether a document is a good signature of an image. Wire formats: cosign's signature specification (SIGNATURE_SPEC.md of
/// sigstore/cosign) for simple signing; the Sigstore bundle 0.3 with a DSSE envelope and an in-toto statement for the other.
/// Nothing is thrown, whatever the document is.
/// </summary>
internal static class ImageSignature
{
    private const string SimpleSigningType = "cosign container image signature";
    private const string InTotoType = "application/vnd.in-toto+json";

    /// <summary>Tells a signature of the image from other statements about it, which the same key may have signed.</summary>
    private const string SignPredicate = "https://sigstore.dev/cosign/sign/v1";

    /// <param name="payload">What was signed: a JSON object that names the image.</param>
    /// <param name="signature">In base64.</param>
    /// <param name="digest">Of the image's manifest or index, <c>sha256:…</c>.</param>
    public static SignatureVerdict OfSimpleSigning(ReadOnlyMemory<byte> payload, string signature, string digest, PublicKeys keys) => Guard(() =>
    {
        if (keys.Verify(payload.Span, Convert.FromBase64String(signature)) is not { } key)
            return SignatureVerdict.Refuse("it is by none of the keys");
        using var document = JsonDocument.Parse(payload);
        var critical = Member(document.RootElement, "critical");
        if (Text(critical, "type") != SimpleSigningType)
            return SignatureVerdict.Refuse("what it signs is no image");
        var signed = Text(Member(critical, "image"), "docker-manifest-digest");
        return signed == digest ? new(key, null) : SignatureVerdict.Refuse($"it is of another image, {signed}");
    });

    /// <param name="bundle">A Sigstore bundle.</param>
    /// <param name="digest">Of the image's manifest or index, <c>sha256:…</c>.</param>
    public static SignatureVerdict OfBundle(ReadOnlyMemory<byte> bundle, string digest, PublicKeys keys) => Guard(() =>
    {
        using var document = JsonDocument.Parse(bundle);
        var envelope = Member(document.RootElement, "dsseEnvelope");
        var (type, payload) = (Text(envelope, "payloadType"), Convert.FromBase64String(Text(envelope, "payload")));
        var signed = PreAuthenticationEncoding(type, payload);
        var key = Items(envelope, "signatures").Select(s => keys.Verify(signed, Convert.FromBase64String(Text(s, "sig")))).FirstOrDefault(k => k is not null);
        if (key is null)
            return SignatureVerdict.Refuse("it is by none of the keys");
        if (type != InTotoType)
            return SignatureVerdict.Refuse($"what it signs is no statement about an image, but {type}");
        using var statement = JsonDocument.Parse(payload);
        if (Text(statement.RootElement, "predicateType") is var predicate && predicate != SignPredicate)
            return SignatureVerdict.Refuse($"it signs another statement about an image, {predicate}");
        string[] subjects = [.. Items(statement.RootElement, "subject").Select(s => "sha256:" + Text(Member(s, "digest"), "sha256"))];
        return subjects.Contains(digest) ? new(key, null) : SignatureVerdict.Refuse($"it is of another image, {string.Join(", ", subjects)}");
    });

    /// <summary>DSSE protocol, v1.</summary>
    internal static byte[] PreAuthenticationEncoding(string type, byte[] payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} "), .. payload];

    private static SignatureVerdict Guard(Func<SignatureVerdict> verify)
    {
        try
        {
            return verify();
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or CryptographicException)
        {
            return SignatureVerdict.Refuse($"it can't be read: {e.Message}");
        }
    }

    private static JsonElement Member(JsonElement element, string name) => element.GetProperty(name);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) => element.GetProperty(name).EnumerateArray();
}

/// <param name="Key">The fingerprint of the key by which the signature is good; null when it is not.</param>
/// <param name="Refusal">Why it is not good, as the end of a sentence.</param>
internal readonly record struct SignatureVerdict(string? Key, string? Refusal)
{
    private const int Longest = 300;

    public static SignatureVerdict Refuse(string why) => new(null, why.Length > Longest ? why[..Longest] + "…" : why);
}
