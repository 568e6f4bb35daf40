using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Fleets;

/// <summary>Reads devices of fleets out of their twins, and writes what they are to be at.</summary>
public static class FleetObservation
{
    /// <summary>A device's labels on the hub; none when its tags have them in another form.</summary>
    public static ImmutableSortedDictionary<string, string> LabelsOf(Twin twin) =>
        (TwinLabels.Of(twin.Tags["labels"]) ?? []).ToImmutableSortedDictionary(label => label.Key, label => label.Value!.GetValue<string>(), StringComparer.Ordinal);

    /// <param name="source">The name of the source that the fleet keeps at a commit.</param>
    public static FleetDevice Of(string device, Twin twin, bool isConnected, string source, ImmutableSortedDictionary<string, string> labels)
    {
        // A device may report anything.
        var report = twin.Reported.Values["edgeoperator"] as JsonObject;
        var assigned = AssignedOf(twin, source);
        var isArtifact = assigned is null ? Artifact(report, source) is not null : FleetRevision.Parse(assigned).Digest is not null;
        var reported = isArtifact ? Artifact(report, source) : (report?["sources"] as JsonObject)?[source] as JsonObject;
        var failed = reported?["failed"] as JsonObject;
        var applied = isArtifact ? ArtifactOf(reported?["applied"]) : CommitOf(Text(reported?["applied"]));
        var ready = Condition(report, State.Condition.Ready);
        var isReady = Text(ready?["status"]) == nameof(ConditionStatus.True);
        var hasFailed = assigned is not null && (isArtifact ? ArtifactOf(failed) : CommitOf(Text(failed?["revision"]))) == assigned;
        return new(device, labels)
        {
            IsConnected = isConnected,
            Assigned = assigned,
            Applied = applied,
            IsReady = isReady,
            IsAvailable = isReady || (failed is not null && HasAllReady(report)),
            Failure = hasFailed ? Text(failed?["message"]) ?? "it does not say why"
                // As long as it names another revision that it has given up on, it may be stalled by that one.
                : assigned is not null && applied == assigned && failed is null && Condition(report, State.Condition.Stalled) is { } stalled && Text(stalled["status"]) == nameof(ConditionStatus.True) ? Text(stalled["message"]) ?? "it is stalled"
                : null,
            Message = isReady ? null : report is null ? "it reports nothing of an agent" : reported is null && !isArtifact ? $"it reports no source {source}" : Text(ready?["message"]),
        };
    }

    /// <summary>The revision that a twin asks for by a source; null for none.</summary>
    public static string? AssignedOf(Twin twin, string source) =>
        ((twin.Desired.Values["edgeoperator"] as JsonObject)?["sources"] as JsonObject)?[source] is JsonObject asked ? Text(asked["commit"]) ?? ArtifactOf(asked) : null;

    /// <summary>The patch of desired properties that has a source be at a revision, and at nothing else that its twin says of it.</summary>
    public static JsonObject Assignment(Twin twin, string source, string revision)
    {
        var assignment = new JsonObject();
        foreach (var (name, _) in ((twin.Desired.Values["edgeoperator"] as JsonObject)?["sources"] as JsonObject)?[source] as JsonObject ?? [])
            assignment[name] = null;
        var (commit, digest) = FleetRevision.Parse(revision);
        assignment[digest is null ? "commit" : "revision"] = commit;
        if (digest is not null)
            assignment["digest"] = digest;
        return new() { ["edgeoperator"] = new JsonObject { ["sources"] = new JsonObject { [source] = assignment } } };
    }

    private static JsonObject? Artifact(JsonObject? report, string source) => (report?["artifacts"] as JsonObject)?[source] as JsonObject;

    private static string? ArtifactOf(JsonNode? named) =>
        named is JsonObject && Text(named["revision"]) is { } revision && Text(named["digest"]) is { } digest ? new FleetRevision(revision, digest).ToString() : null;

    // A folder of a commit is named with its path behind it.
    private static string? CommitOf(string? artifact) => artifact?.Split(':', 2)[0];

    // It went back by itself, and does its work as before.
    private static bool HasAllReady(JsonObject? report) =>
        report?["counts"] is JsonObject counts && Number(counts["resources"]) is { } all && Number(counts["ready"]) == all;

    private static JsonObject? Condition(JsonObject? report, string type) => (report?["conditions"] as JsonObject)?[type] as JsonObject;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
