using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Alerts;

/// <summary>What one rule finds in one group.</summary>
internal sealed record AlertFinding(AlertRule Rule, ImmutableSortedDictionary<string, string> Group, IReadOnlyList<AlertMatch> Matches);

/// <summary>Looks at devices and rollouts for what the rules are about, by one look at all twins.</summary>
internal sealed class AlertObserver(IHubStore store, FleetCatalog fleets, RolloutStore rollouts, ServerCertificates certificates)
{
    private const int ScanSize = 500;
    private const int LongestDetail = 200;

    /// <summary>Stands for the hub itself where a device's name stands.</summary>
    public const string TheHub = "the hub";

    private static readonly ImmutableSortedDictionary<string, string> Everything = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Since when something has been so that has no time of its own, as this process has seen it.</summary>
    private Dictionary<(string Rule, string Subject), DateTimeOffset> _seen = [];

    /// <param name="from">Since when the hub has been looking: what it did not see before counts from then.</param>
    public async Task<IReadOnlyList<AlertFinding>> LookAsync(ImmutableArray<AlertRule> rules, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = new Dictionary<string, (AlertRule Rule, ImmutableSortedDictionary<string, string> Group, List<AlertMatch> Matches)>(StringComparer.Ordinal);
        var seen = new Dictionary<(string, string), DateTimeOffset>();
        var ofDevices = rules.Where(rule => rule.Rollout is null).ToArray();
        await foreach (var row in store.AllTwinsAsync(modules: false, ScanSize, cancellation))
        {
            if (!row.Identity.IsEnabled || row.Twin.Reported.Values["edgeoperator"] is not JsonObject report)
                continue;
            var labels = FleetObservation.LabelsOf(row.Twin);
            foreach (var rule in ofDevices)
                if (rule.Selector?.Matches(labels) != false && Match(rule, row, report, from, now) is { } match)
                    Add(rule, rule.GroupBy.ToImmutableSortedDictionary(label => label, label => labels.GetValueOrDefault(label, ""), StringComparer.Ordinal), Timed(rule, match));
        }

        foreach (var rule in rules)
        {
            if (rule.Rollout is { } states)
                await foreach (var match in RolloutsAsync(states, cancellation))
                    Add(rule, Everything, Timed(rule, match));
            if (rule is { CertificateEndsWithin: { } within, Selector: null } && new DateTimeOffset(certificates.Current.NotAfter.ToUniversalTime()) is var end && end - now < within)
                Add(rule, Everything, new(TheHub, DateTimeOffset.MinValue, $"its certificate ends on {end:yyyy-MM-dd}"));
        }

        _seen = seen;
        return [.. found.Values.Select(f => new AlertFinding(f.Rule, f.Group, f.Matches))];

        void Add(AlertRule rule, ImmutableSortedDictionary<string, string> group, AlertMatch match)
        {
            var key = AlertState.KeyOf(rule.Name, group);
            if (!found.TryGetValue(key, out var finding))
                found[key] = finding = (rule, group, []);
            finding.Matches.Add(match);
        }

        // The least time stands for none.
        AlertMatch Timed(AlertRule rule, AlertMatch match)
        {
            if (match.Since > DateTimeOffset.MinValue)
                return match;
            var since = seen[(rule.Name, match.Subject)] = _seen.GetValueOrDefault((rule.Name, match.Subject), now);
            return match with { Since = since };
        }
    }

    private static AlertMatch? Match(AlertRule rule, TwinRow row, JsonObject report, DateTimeOffset from, DateTimeOffset now)
    {
        var name = row.Identity.Key.DeviceId;
        if (rule.Offline == true)
            return row.Presence is { IsConnected: false } presence ? new(name, presence.Changed is { } changed && changed > from ? changed : from, "it is not connected") : null;
        if (rule.Condition is { } wanted)
            return (report["conditions"] as JsonObject)?[wanted.Type] is JsonObject condition && Text(condition["status"]) == wanted.Status
                ? new(name, SinceOf(row.Twin.Reported.Metadata, wanted.Type) ?? from, Short(Text(condition["message"]) is { Length: > 0 } message ? message : Text(condition["reason"])))
                : null;
        if (rule.DiskAbove is { } disk)
            return Number((report["host"] as JsonObject)?["fullestDisk"]) is { } used && used >= disk ? new(name, DateTimeOffset.MinValue, $"its fullest disk is used to {used} %") : null;
        if (rule.MemoryAbove is { } memory)
            return Number((report["host"] as JsonObject)?["memory"]) is { } taken && taken >= memory ? new(name, DateTimeOffset.MinValue, $"its memory is used to {taken} %") : null;
        return rule.CertificateEndsWithin is { } within ? Certificate(name, report, within, now) : null;
    }

    // What the agent renews by itself is no news before it has failed to for long.
    private static AlertMatch? Certificate(string name, JsonObject report, TimeSpan within, DateTimeOffset now) =>
        (report["certificates"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(c => (Of: Text(c["name"]), End: DateTimeOffset.TryParse(Text(c["expires"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : (DateTimeOffset?)null))
            .Where(c => c.End - now < within).OrderBy(c => c.End).FirstOrDefault() is { End: { } first } ending
            ? new(name, DateTimeOffset.MinValue, Short($"the certificate of {ending.Of} {(first < now ? "has ended" : "ends")} on {first:yyyy-MM-dd}"))
            : null;

    private async IAsyncEnumerable<AlertMatch> RolloutsAsync(ImmutableArray<string> states, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var fleet in fleets.AllAsync(cancellation))
            if (await rollouts.FindAsync(fleet.Name, cancellation) is { } rollout && rollout.State != RolloutState.Superseded && (states.Contains(rollout.State.ToString()) || states.Contains(rollout.Wait.Reason.ToString())))
                yield return new(fleet.Name, DateTimeOffset.MinValue, Short($"{rollout.State}: {rollout.Wait.Message}"));
    }

    private static DateTimeOffset? SinceOf(JsonObject metadata, string condition) =>
        Text(metadata["edgeoperator"]?["conditions"]?[condition]?["status"]?["$lastUpdated"]) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    // A device may report anything.
    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private static string? Short(string? text) => text is { Length: > LongestDetail } ? text[..LongestDetail] + "…" : text;
}
