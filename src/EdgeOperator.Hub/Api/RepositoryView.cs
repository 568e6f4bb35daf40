using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Hub.Repositories;

namespace EdgeOperator.Hub.Api;

/// <param name="Spec">As a manifest of kind Repository has it.</param>
internal sealed record RepositoryBody(JsonObject Spec);

/// <summary>A repository that the hub follows, and how far it is.</summary>
/// <param name="Updated">When it was written.</param>
/// <param name="By">Who has written it.</param>
/// <param name="Commit">What fleets are at; null before the first commit.</param>
/// <param name="Display">The same for people: <c>main@1a2b3c4</c>.</param>
/// <param name="Subject">The first line of the commit's message.</param>
/// <param name="Synced">When it was in order last.</param>
/// <param name="Tried">When it was fetched last.</param>
/// <param name="FoundBy">What had the commit found; null before the first one.</param>
/// <param name="Signature">What is known of the commit's signature.</param>
/// <param name="Pending">The commit that waits for approval; null for none.</param>
internal sealed record RepositoryView(
    string Name, JsonObject Spec, DateTime Updated, string By, string? Commit, string? Display, string? Subject, string? Author, DateTime? Committed, DateTime? Synced, DateTime? Tried,
    SyncCause? FoundBy, SignatureState Signature, IReadOnlyList<ConditionView> Conditions, string? Pending, IReadOnlyList<string> Fleets, long FleetCount)
{
    public static RepositoryView Of(StoredRepository repository, RepositoryState state, IReadOnlyList<string> fleets, long fleetCount) => new(
        repository.Name, repository.Spec, repository.At.UtcDateTime, repository.By, state.Commit, state.Display, state.Subject, state.Author, state.CommittedAt?.UtcDateTime, state.SyncedAt?.UtcDateTime,
        state.TriedAt?.UtcDateTime, state.FoundBy, SignatureOf(repository, state), [ConditionView.Of(state)], state.Pending, fleets, fleetCount);

    private static SignatureState SignatureOf(StoredRepository repository, RepositoryState state)
    {
        try
        {
            return repository.Repository.Git.Verify is not GitVerification.Signed ? SignatureState.NotAsked
                : state.Reason is FetchReasons.Unverified or FetchReasons.RewindRefused ? SignatureState.Refused
                : state.Commit is not null && state.Verified.Values.Any(verified => verified.Commit == state.Commit) ? SignatureState.Verified
                : SignatureState.Unknown;
        }
        catch (InvalidDataException)
        {
            return SignatureState.Unknown;
        }
    }
}

/// <summary>What is known of a commit's signature.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignatureState>))]
internal enum SignatureState
{
    /// <summary>It has not been looked at yet.</summary>
    Unknown,

    /// <summary>The repository asks for none.</summary>
    NotAsked,

    /// <summary>By an allowed key.</summary>
    Verified,

    /// <summary>The newest commit is refused for it, and the one before kept.</summary>
    Refused,
}

/// <param name="Type"><c>Ready</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">In one word.</param>
/// <param name="LastTransitionTime">Since when it is so.</param>
internal sealed record ConditionView(string Type, string Status, string Reason, string Message, DateTime? LastTransitionTime, string? ObservedRevision)
{
    public static ConditionView Of(RepositoryState state) => new(
        "Ready", state.IsReady switch { true => "True", false => "False", null => "Unknown" }, state.Reason, state.Message, state.Since?.UtcDateTime, state.Commit);
}

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record RepositoryList(IReadOnlyList<RepositoryView> Items, string? Continuation);

/// <param name="AllowRewind">Accept, once, a signed commit that does not descend from the one that was verified last.</param>
internal sealed record SyncBody(bool AllowRewind = false);

/// <param name="Commit">The one that is meant; null for whichever waits.</param>
internal sealed record RemovalApprovalBody(string? Commit = null);
