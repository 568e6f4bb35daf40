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
        var reported = (report?["sources"] as JsonObject)?[source] as JsonObject;
        var (assigned, applied) = (AssignedOf(twin, source), CommitOf(Text(reported?["applied"])));
        var ready = Condition(report, State.Condition.Ready);
        var failed = reported?["failed"] as JsonObject;
        var isReady = Text(ready?["status"]) == nameof(ConditionStatus.True);
        var hasFailed = assigned is not null && CommitOf(Text(failed?["revision"])) == assigned;
        return new(device, labels)
        {
            IsConnected = isConnected,
            Assigned = assigned,
            Applied = applied,
            IsReady = isReady,
            IsAvailable = isReady || (failed is not null && HasAllReady(report)),
            Failure = hasFailed ? Text(failed?["message"]) ?? "it does not say why"
                : assigned is not null && applied == assigned && Condition(report, State.Condition.Stalled) is { } stalled && Text(stalled["status"]) == nameof(ConditionStatus.True) ? Text(stalled["message"]) ?? "it is stalled"
                : null,
            Message = isReady ? null : report is null ? "it reports nothing of an agent" : reported is null ? $"it reports no source {source}" : Text(ready?["message"]),
        };
    }

    /// <summary>The commit that a twin keeps a source at; null for none.</summary>
    public static string? AssignedOf(Twin twin, string source) =>
        Text((((twin.Desired.Values["edgeoperator"] as JsonObject)?["sources"] as JsonObject)?[source] as JsonObject)?["commit"]);

    /// <summary>The patch of desired properties that keeps a source at a commit, and at nothing else that its twin says of it.</summary>
    public static JsonObject Assignment(Twin twin, string source, string commit)
    {
        var assignment = new JsonObject();
        foreach (var (name, _) in ((twin.Desired.Values["edgeoperator"] as JsonObject)?["sources"] as JsonObject)?[source] as JsonObject ?? [])
            assignment[name] = null;
        assignment["commit"] = commit;
        return new() { ["edgeoperator"] = new JsonObject { ["sources"] = new JsonObject { [source] = assignment } } };
    }

    // A folder of a commit is named with its path behind it.
    private static string? CommitOf(string? artifact) => artifact?.Split(':', 2)[0];

    // It went back by itself, and does its work as before.
    private static bool HasAllReady(JsonObject? report) =>
        report?["counts"] is JsonObject counts && Number(counts["resources"]) is { } all && Number(counts["ready"]) == all;

    private static JsonObject? Condition(JsonObject? report, string type) => (report?["conditions"] as JsonObject)?[type] as JsonObject;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
