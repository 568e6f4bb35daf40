using System.Text.Json.Nodes;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Repositories;
using EdgeOperator.Git;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Repositories;

/// <summary>A repository as it is stored.</summary>
/// <param name="Spec">As it was written.</param>
/// <param name="By">Who has written it last.</param>
internal sealed record StoredRepository(string Name, string ETag, JsonObject Spec, DateTimeOffset At, string By)
{
    /// <exception cref="InvalidDataException">This version does not understand what an other one has accepted.</exception>
    public RepositorySpec Repository => field ??= HubManifests.Read(RegisteredKinds.All.Manifests, KindNames.Repository, Name, Spec) is { Manifest.Repository: { } spec } ? spec : throw new InvalidDataException($"Repository/{Name} is not understood");
}

/// <summary>The repositories, as stored documents.</summary>
internal sealed class RepositoryCatalog(IHubStore store, HubConfiguration configuration, TimeProvider time)
{
    private const string Kind = "repository";
    private const int PageSize = 200;

    public async Task<StoredRepository?> FindAsync(string name, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, name, cancellation) is { } document ? Read(document) : null;

    /// <summary>By name.</summary>
    /// <param name="after">The last name that is known; empty for none.</param>
    /// <param name="rows">How many are read at once.</param>
    public IAsyncEnumerable<StoredRepository> AllAsync(CancellationToken cancellation, string after = "", int rows = PageSize) => store.AllDocumentsAsync(Kind, rows, cancellation, after).Select(Read);

    /// <exception cref="ServiceException">It is not as it has to be, or names what it may not.</exception>
    public async Task<StoredRepository> WriteAsync(string name, JsonObject spec, string by, CancellationToken cancellation)
    {
        var (manifest, problems) = HubManifests.Read(RegisteredKinds.All.Manifests, KindNames.Repository, name, spec);
        if (manifest?.Repository is not { } read)
            throw new ServiceException(ServiceError.ArgumentInvalid, string.Join("; ", problems.Select(problem => $"{problem.What}: {problem.Fix}")));
        if (Refusal(read) is { } refusal)
            throw new ServiceException(ServiceError.ArgumentInvalid, refusal);
        while (true)
        {
            var before = await FindAsync(name, cancellation);
            if (before is not null && JsonNode.DeepEquals(before.Spec, spec))
                return before;
            var repository = new StoredRepository(name, Guid.NewGuid().ToString("N"), spec, time.GetUtcNow(), by);
            var json = new JsonObject { ["spec"] = spec.DeepClone(), ["at"] = repository.At, ["by"] = by };
            if (await store.WriteDocumentAsync(new(Kind, name, repository.ETag, json.ToJsonString()), before?.ETag, cancellation))
                return repository;
        }
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, name, null, cancellation);

    /// <summary>
    /// Why a repository may not be fetched as it is described; null when it may. It is described by the API, and would otherwise read any file
    /// of this machine, and send it somewhere.
    /// </summary>
    public string? Refusal(RepositorySpec repository)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(configuration.Repositories.Files)) + Path.DirectorySeparatorChar;
        if (repository.Files.FirstOrDefault(file => !Path.GetFullPath(file).StartsWith(folder, StringComparison.Ordinal)) is { } outside)
            return $"the file {outside} is not in {configuration.Repositories.Files}, the folder of the hub for what repositories name (repositories.files in hub.yaml)";
        try
        {
            return GitUrl.Parse(repository.Git.Url).Transport == GitTransport.File && !configuration.Repositories.Local
                ? "the hub takes no repository that lies on its own machine (repositories.local in hub.yaml)"
                : null;
        }
        catch (FetchException e)
        {
            return e.Message;
        }
    }

    private static StoredRepository Read(Document document)
    {
        var body = JsonNode.Parse(document.Json)!.AsObject();
        var spec = body["spec"]!.AsObject();
        body.Remove("spec");
        return new(document.Id, document.ETag, spec, (DateTimeOffset)body["at"]!, (string)body["by"]!);
    }
}
