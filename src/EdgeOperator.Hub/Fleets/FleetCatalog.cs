using System.Text.Json.Nodes;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Fleets;

/// <summary>A fleet as it is stored.</summary>
/// <param name="Spec">As it was written.</param>
/// <param name="By">Who has written it last.</param>
internal sealed record StoredFleet(string Name, string ETag, JsonObject Spec, DateTimeOffset At, string By)
{
    /// <exception cref="InvalidDataException">This version does not understand what an other one has accepted.</exception>
    public FleetSpec Fleet => field ??= FleetManifests.Read(RegisteredKinds.All.Manifests, Name, Spec) is { Fleet.Spec: { } spec } ? spec : throw new InvalidDataException($"Fleet/{Name} is not understood");
}

/// <summary>The fleets, as stored documents.</summary>
internal sealed class FleetCatalog(IHubStore store, TimeProvider time)
{
    public const string Kind = "fleet";

    private const int PageSize = 200;

    public async Task<StoredFleet?> FindAsync(string name, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, name, cancellation) is { } document ? Read(document) : null;

    /// <summary>By name.</summary>
    public IAsyncEnumerable<StoredFleet> AllAsync(CancellationToken cancellation) => store.AllDocumentsAsync(Kind, PageSize, cancellation).Select(Read);

    /// <returns>What is stored now, and whether that is anything new.</returns>
    public async Task<(StoredFleet Fleet, bool IsChanged)> WriteAsync(string name, JsonObject spec, string by, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await FindAsync(name, cancellation);
            if (before is not null && JsonNode.DeepEquals(before.Spec, spec))
                return (before, false);
            var fleet = new StoredFleet(name, Guid.NewGuid().ToString("N"), spec, time.GetUtcNow(), by);
            var json = new JsonObject { ["spec"] = spec.DeepClone(), ["at"] = fleet.At, ["by"] = by };
            if (await store.WriteDocumentAsync(new(Kind, name, fleet.ETag, json.ToJsonString()), before?.ETag, cancellation))
                return (fleet, true);
        }
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, name, null, cancellation);

    private static StoredFleet Read(Document document)
    {
        var body = JsonNode.Parse(document.Json)!.AsObject();
        var spec = body["spec"]!.AsObject();
        body.Remove("spec");
        return new(document.Id, document.ETag, spec, (DateTimeOffset)body["at"]!, (string)body["by"]!);
    }
}
