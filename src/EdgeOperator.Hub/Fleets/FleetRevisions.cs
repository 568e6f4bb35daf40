using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Fleets;

/// <summary>What a repository has for a fleet.</summary>
/// <param name="Source">The part of the fleet's spec that it was made for.</param>
/// <param name="Revision">As rollouts name it; null while there is none.</param>
/// <param name="Seen">The commit that was looked at last: it may be newer than the revision, when it has changed nothing in the folder.</param>
/// <param name="Size">Bytes of the artifact.</param>
/// <param name="Subject">The first line of the commit's message.</param>
/// <param name="Problem">Why there is nothing newer; null when nothing is wrong.</param>
internal sealed record FleetRevisionState(
    string Source, string? Revision = null, string? Seen = null, long Size = 0, string? Subject = null, string? Author = null, DateTimeOffset? CommittedAt = null, string? Reason = null, string? Problem = null)
{
    /// <summary>Which part of a fleet's spec decides on it.</summary>
    public static string SourceOf(FleetSource source) => $"{source.Repository} {source.Folder} {source.Ref}";
}

/// <summary>What repositories have for fleets, by the fleets' names.</summary>
internal sealed class FleetRevisions(IHubStore store)
{
    private const string Kind = "fleetRevision";
    private const int PageSize = 500;

    public async Task<FleetRevisionState?> FindAsync(string fleet, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, fleet, cancellation) is { } document ? Read(document) : null;

    public async Task<IReadOnlyDictionary<string, FleetRevisionState>> AllAsync(CancellationToken cancellation) =>
        await store.AllDocumentsAsync(Kind, PageSize, cancellation).ToDictionaryAsync(document => document.Id, document => Read(document), StringComparer.Ordinal, cancellation);

    /// <returns>False when another replica leads.</returns>
    public async Task<bool> WriteAsync(string fleet, FleetRevisionState state, LeadershipTerm fence, CancellationToken cancellation)
    {
        var document = new Document(Kind, fleet, Guid.NewGuid().ToString("N"), JsonSerializer.Serialize(state, FleetRevisionJson.Default.FleetRevisionState));
        return await store.WriteDocumentAsync(document, null, fence, cancellation) || await store.WriteDocumentAsync(document, "*", fence, cancellation);
    }

    public Task RemoveAsync(string fleet, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, fleet, null, cancellation);

    private static FleetRevisionState Read(Document document) => JsonSerializer.Deserialize(document.Json, FleetRevisionJson.Default.FleetRevisionState)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FleetRevisionState))]
internal sealed partial class FleetRevisionJson : JsonSerializerContext;
