using System.Text.Json.Nodes;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Fleets;

/// <summary>A fleet as it is stored.</summary>
/// <param name="Spec">As it was written.</param>
/// <param name="By">Who has written it last.</param>
/// <param name="Owner">Where it comes from; null for whoever writes it by the API.</param>
internal sealed record StoredFleet(string Name, string ETag, JsonObject Spec, DateTimeOffset At, string By, FleetOwner? Owner = null)
{
    /// <exception cref="InvalidDataException">This version does not understand what an other one has accepted.</exception>
    public FleetSpec Fleet => field ??= HubManifests.Read(RegisteredKinds.All.Manifests, KindNames.Fleet, Name, Spec) is { Manifest.Fleet: { } spec } ? spec : throw new InvalidDataException($"Fleet/{Name} is not understood");
}

/// <summary>The repository that a fleet comes from: it alone decides on it.</summary>
/// <param name="File">Where it stands there.</param>
internal sealed record FleetOwner(string Repository, string File)
{
    public override string ToString() => $"the repository {Repository}, {File}";
}

/// <summary>The fleets, as stored documents.</summary>
internal sealed class FleetCatalog(IHubStore store, TimeProvider time)
{
    public const string Kind = "fleet";

    private const int PageSize = 200;

    public async Task<StoredFleet?> FindAsync(string name, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, name, cancellation) is { } document ? Read(document) : null;

    /// <summary>By name.</summary>
    /// <param name="after">The last name that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<StoredFleet> AllAsync(CancellationToken cancellation, string after = "", int rows = PageSize) => store.AllDocumentsAsync(Kind, rows, cancellation, after).Select(Read);

    /// <summary>The names of the first fleets that come from a repository, and how many there are.</summary>
    public async Task<(IReadOnlyList<string> First, long Count)> OwnedAsync(string repository, int most, CancellationToken cancellation) =>
        ([.. (await store.ListDocumentsAsync(Kind, repository, "", most, cancellation)).Select(document => document.Id)], await store.CountDocumentsAsync(Kind, repository, cancellation));

    /// <summary>Writes what somebody has sent by the API.</summary>
    /// <returns>What is stored now, and whether that is anything new.</returns>
    /// <exception cref="ServiceException">It comes from a repository.</exception>
    public Task<(StoredFleet Fleet, bool IsChanged)> WriteAsync(string name, JsonObject spec, string by, CancellationToken cancellation) =>
        WriteAsync(name, spec, by, null, null, before => before?.Owner is null ? before : throw Owned(before), cancellation);

    /// <summary>Writes what a repository has.</summary>
    /// <returns>Null when it is somebody else's.</returns>
    /// <exception cref="OperationCanceledException">Another replica leads now.</exception>
    public async Task<StoredFleet?> TakeAsync(string name, JsonObject spec, FleetOwner owner, LeadershipTerm fence, CancellationToken cancellation)
    {
        try
        {
            // What was applied by hand before, and is the same, becomes the repository's.
            return (await WriteAsync(name, spec, $"repository {owner.Repository}", owner, fence, before =>
                before is null || before.Owner?.Repository == owner.Repository || (before.Owner is null && JsonNode.DeepEquals(before.Spec, spec)) ? before : throw Owned(before), cancellation)).Fleet;
        }
        catch (ServiceException e) when (e.Error == ServiceError.OwnedElsewhere)
        {
            return null;
        }
    }

    /// <summary>Leaves the fleets of a repository that is forgotten to whoever writes them by the API.</summary>
    public async Task ReleaseAsync(string repository, CancellationToken cancellation)
    {
        await foreach (var fleet in AllAsync(cancellation))
            if (fleet.Owner?.Repository == repository)
                await store.WriteDocumentAsync(Write(fleet with { ETag = Guid.NewGuid().ToString("N"), Owner = null }), fleet.ETag, cancellation);
    }

    /// <exception cref="ServiceException">It comes from a repository.</exception>
    public async Task<bool> RemoveAsync(string name, FleetOwner? owner, CancellationToken cancellation)
    {
        if (await FindAsync(name, cancellation) is not { } before)
            return false;
        return before.Owner?.Repository == owner?.Repository ? await store.RemoveDocumentAsync(Kind, name, before.ETag, cancellation) : throw Owned(before);
    }

    public static ServiceException Owned(StoredFleet fleet) => new(
        ServiceError.OwnedElsewhere, fleet.Owner is { } owner
            ? $"Fleet/{fleet.Name} comes from {owner}: change it there, and it is changed here"
            : $"Fleet/{fleet.Name} was made by {fleet.By}, by the API: delete it there, or give one of them another name");

    private async Task<(StoredFleet Fleet, bool IsChanged)> WriteAsync(
        string name, JsonObject spec, string by, FleetOwner? owner, LeadershipTerm? fence, Func<StoredFleet?, StoredFleet?> check, CancellationToken cancellation)
    {
        StoredFleet? tried = null;
        while (true)
        {
            var before = check(await FindAsync(name, cancellation));
            if (tried is not null && fence is not null && tried.ETag == before?.ETag)
                throw new OperationCanceledException("another replica leads now");
            tried = before;
            if (before is not null && JsonNode.DeepEquals(before.Spec, spec) && before.Owner == owner)
                return (before, false);
            var fleet = new StoredFleet(name, Guid.NewGuid().ToString("N"), spec, time.GetUtcNow(), by, owner);
            if (fence is { } term ? await store.WriteDocumentAsync(Write(fleet), before?.ETag, term, cancellation) : await store.WriteDocumentAsync(Write(fleet), before?.ETag, cancellation))
                return (fleet, true);
        }
    }

    private static Document Write(StoredFleet fleet)
    {
        var json = new JsonObject { ["spec"] = fleet.Spec.DeepClone(), ["at"] = fleet.At, ["by"] = fleet.By };
        if (fleet.Owner is { } owner)
            (json["repository"], json["file"]) = (owner.Repository, owner.File);
        return new(Kind, fleet.Name, fleet.ETag, json.ToJsonString()) { Label = fleet.Owner?.Repository };
    }

    private static StoredFleet Read(Document document)
    {
        var body = JsonNode.Parse(document.Json)!.AsObject();
        var spec = body["spec"]!.AsObject();
        body.Remove("spec");
        return new(document.Id, document.ETag, spec, (DateTimeOffset)body["at"]!, (string)body["by"]!, (string?)body["repository"] is { } repository ? new(repository, (string?)body["file"] ?? "") : null);
    }
}
