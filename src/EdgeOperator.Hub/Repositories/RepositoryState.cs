using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Repositories;

/// <summary>How far a repository is, as it is stored.</summary>
internal sealed record RepositoryState
{
    /// <summary>The commit that fleets are at; null before the first one.</summary>
    public string? Commit { get; init; }

    /// <summary>For people: <c>main@1a2b3c4</c>.</summary>
    public string? Display { get; init; }

    public string? Subject { get; init; }

    public string? Author { get; init; }

    public DateTimeOffset? CommittedAt { get; init; }

    /// <summary>When it was in order last.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>What had the commit found; null before the first one.</summary>
    public SyncCause? FoundBy { get; init; }

    /// <summary>Whether the last try was; null before it.</summary>
    public bool? IsReady { get; init; }

    /// <summary>One CamelCase word.</summary>
    public string Reason { get; init; } = "Pending";

    public string Message { get; init; } = "it has not been fetched yet";

    /// <summary>Since when it is ready, or is not.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The commit that waits for approval; null for none.</summary>
    public string? Pending { get; init; }

    /// <summary>The commit that somebody has approved.</summary>
    public string? Approved { get; init; }

    /// <summary>Somebody accepts, once, a signed commit that does not descend from the last verified one.</summary>
    public bool AllowRewind { get; init; }

    /// <summary>What was verified last, by what is followed.</summary>
    public ImmutableSortedDictionary<string, VerifiedRef> Verified { get; init; } = ImmutableSortedDictionary<string, VerifiedRef>.Empty;

    /// <summary>The settings under which the commit was read.</summary>
    public string? ReadUnder { get; init; }
}

/// <summary>What has a repository fetched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncCause>))]
internal enum SyncCause
{
    /// <summary>Its interval is over.</summary>
    Poll,

    /// <summary>Its server has said that something was pushed.</summary>
    Webhook,

    /// <summary>Somebody has asked for it, or changed the repository.</summary>
    Request,
}

/// <param name="SeenAt">When it was seen for the first time, at which its signature is judged for ever.</param>
internal sealed record VerifiedRef(string Commit, string Display, DateTimeOffset SeenAt);

/// <summary>The states of repositories, by their names.</summary>
internal sealed class RepositoryStates(IHubStore store)
{
    private const string Kind = "repositoryState";

    /// <summary>Others write seldom.</summary>
    private const int MostTries = 10;

    public async Task<RepositoryState> ReadAsync(string name, CancellationToken cancellation) => (await FindAsync(name, cancellation)).State;

    /// <param name="fence">Of the replica that fetches; null for whoever asks for something by the API.</param>
    /// <returns>Null when another replica fetches now.</returns>
    public async Task<RepositoryState?> ChangeAsync(string name, Func<RepositoryState, RepositoryState> change, LeadershipTerm? fence, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var (before, etag) = await FindAsync(name, cancellation);
            var after = change(before);
            var document = new Document(Kind, name, Guid.NewGuid().ToString("N"), JsonSerializer.Serialize(after, RepositoryStateJson.Default.RepositoryState));
            if (fence is { } term ? await store.WriteDocumentAsync(document, etag, term, cancellation) : await store.WriteDocumentAsync(document, etag, cancellation))
                return after;
        }

        return null;
    }

    public Task RemoveAsync(string name, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, name, null, cancellation);

    private async Task<(RepositoryState State, string? ETag)> FindAsync(string name, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, name, cancellation) is { } document ? (JsonSerializer.Deserialize(document.Json, RepositoryStateJson.Default.RepositoryState)!, document.ETag) : (new(), null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryState))]
internal sealed partial class RepositoryStateJson : JsonSerializerContext;
