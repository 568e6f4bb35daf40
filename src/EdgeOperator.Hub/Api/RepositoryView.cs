using System.Text.Json.Nodes;
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
/// <param name="Pending">The commit that waits for approval; null for none.</param>
internal sealed record RepositoryView(
    string Name, JsonObject Spec, DateTime Updated, string By, string? Commit, string? Display, string? Subject, string? Author, DateTime? Committed, DateTime? Synced, DateTime? Tried,
    IReadOnlyList<ConditionView> Conditions, string? Pending, IReadOnlyList<string> Fleets)
{
    public static RepositoryView Of(StoredRepository repository, RepositoryState state, IReadOnlyList<string> fleets) => new(
        repository.Name, repository.Spec, repository.At.UtcDateTime, repository.By, state.Commit, state.Display, state.Subject, state.Author, state.CommittedAt?.UtcDateTime, state.SyncedAt?.UtcDateTime,
        state.TriedAt?.UtcDateTime, [ConditionView.Of(state)], state.Pending, fleets);
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

internal sealed record RepositoryList(IReadOnlyList<RepositoryView> Items);

/// <param name="AllowRewind">Accept, once, a signed commit that does not descend from the one that was verified last.</param>
internal sealed record SyncBody(bool AllowRewind = false);

/// <param name="Commit">The one that is meant; null for whichever waits.</param>
internal sealed record RemovalApprovalBody(string? Commit = null);
