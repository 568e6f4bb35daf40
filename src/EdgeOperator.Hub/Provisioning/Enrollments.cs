using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>Individual enrollments and enrollment groups as stored documents, the symmetric keys in them encrypted.</summary>
internal sealed class Enrollments(IHubStore store, SecretBox secrets)
{
    public const string Individual = "enrollment";
    public const string Group = "enrollmentGroup";

    private const int PageSize = 500;

    private static readonly string[] KeyNames = ["primaryKey", "secondaryKey"];

    public async Task<(JsonObject Body, string ETag)?> FindAsync(string kind, string id, CancellationToken cancellation) =>
        await store.FindDocumentAsync(kind, id, cancellation) is { } document ? (Reveal(document), document.ETag) : null;

    /// <param name="after">The last id that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<(JsonObject Body, string ETag)> AllAsync(string kind, CancellationToken cancellation, string after = "", int rows = PageSize) =>
        store.AllDocumentsAsync(kind, rows, cancellation, after).Select(document => (Reveal(document), document.ETag));

    /// <param name="expectedETag">As <see cref="IHubStore.WriteDocumentAsync(Document, string?, CancellationToken)"/>.</param>
    public Task<bool> WriteAsync(string kind, string id, JsonObject body, string etag, string? expectedETag, CancellationToken cancellation)
    {
        var stored = body.DeepClone().AsObject();
        if (KeysOf(stored) is { } keys)
            foreach (var name in KeyNames)
                keys[name] = Convert.ToBase64String(secrets.Encrypt(Convert.FromBase64String(keys[name]!.GetValue<string>())));
        return store.WriteDocumentAsync(new(kind, id, etag, stored.ToJsonString()), expectedETag, cancellation);
    }

    public Task<bool> RemoveAsync(string kind, string id, string? expectedETag, CancellationToken cancellation) => store.RemoveDocumentAsync(kind, id, expectedETag, cancellation);

    /// <summary>The symmetric keys of an enrollment; empty when it has none.</summary>
    public static byte[][] KeysIn(JsonObject body) => KeysOf(body) is { } keys ? [.. KeyNames.Select(name => Convert.FromBase64String(keys[name]!.GetValue<string>()))] : [];

    public static JsonObject? KeysOf(JsonObject body) => body["attestation"]?["symmetricKey"] as JsonObject;

    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));

    private JsonObject Reveal(Document document)
    {
        var body = JsonNode.Parse(document.Json)!.AsObject();
        if (KeysOf(body) is { } keys)
            foreach (var name in KeyNames)
                keys[name] = Convert.ToBase64String(secrets.Decrypt(Convert.FromBase64String(keys[name]!.GetValue<string>())));
        return body;
    }
}
