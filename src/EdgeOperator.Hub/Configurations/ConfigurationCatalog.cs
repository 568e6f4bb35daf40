using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Configurations;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Configurations;

/// <summary>A configuration as its author wrote it, and as it was understood.</summary>
internal sealed record StoredConfiguration(JsonObject Body, string ETag, Configuration Configuration);

/// <summary>The configurations, as stored documents.</summary>
internal sealed class ConfigurationCatalog(IHubStore store)
{
    /// <summary>As many as IoT Hub has.</summary>
    public const int Most = 100;

    private const string Kind = "configuration";

    private volatile ImmutableDictionary<string, StoredConfiguration> _known = ImmutableDictionary<string, StoredConfiguration>.Empty;

    public async Task<StoredConfiguration?> FindAsync(string id, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, id, cancellation) is { } document ? Read(document) : null;

    /// <summary>All of them by name. What has not changed is not read anew.</summary>
    public async Task<IReadOnlyList<StoredConfiguration>> AllAsync(CancellationToken cancellation)
    {
        var known = _known;
        var all = (await store.ListDocumentsAsync(Kind, "", Most, cancellation))
            .Select(d => known.GetValueOrDefault(d.Id) is { } same && same.ETag == d.ETag ? same : Read(d)).ToArray();
        _known = all.ToImmutableDictionary(c => c.Configuration.Id);
        return all;
    }

    /// <param name="expectedETag">Null when there must be none yet; <c>*</c> for whatever is there.</param>
    public Task<bool> WriteAsync(StoredConfiguration configuration, string? expectedETag, CancellationToken cancellation) =>
        store.WriteDocumentAsync(new(Kind, configuration.Configuration.Id, configuration.ETag, configuration.Body.ToJsonString()), expectedETag, cancellation);

    public Task<bool> RemoveAsync(string id, string? expectedETag, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, id, expectedETag, cancellation);

    private static StoredConfiguration Read(Document document)
    {
        var body = JsonNode.Parse(document.Json)!.AsObject();
        var created = DateTimeOffset.Parse((string)body["createdTimeUtc"]!, CultureInfo.InvariantCulture);
        return new(body, document.ETag, Configuration.Read(document.Id, body, created));
    }
}
