using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;

namespace EdgeOperator.Portal.Pages;

/// <param name="Since">Since when the status is as it is.</param>
public sealed record ReportedCondition(string Type, string Status, string? Reason, string? Message, DateTime? Since)
{
    /// <summary>Ready is good when it is true; all others say what is wrong or under way.</summary>
    public bool IsBad => Type == "Ready" ? Status == "False" : Type is "Stalled" or "Degraded" && Status == "True";
}

public sealed record ReportedSource(string Name, string? Revision, string? Ready, string? Reason, string? Message);

/// <param name="Id"><c>Kind/name</c>.</param>
public sealed record ReportedResource(string Id, string? State, string? Ready);

/// <param name="Expires">Null when the device tells no time.</param>
public sealed record ReportedCertificate(string Name, string? Subject, DateTime? Expires, bool Renews);

/// <summary>What an agent reports, read from its device's twin; a device may report anything.</summary>
public sealed class DeviceReport(JsonObject twin)
{
    private readonly JsonObject? _report = HubJson.Map(twin, "properties", "reported", "edgeoperator");
    private readonly JsonObject? _metadata = HubJson.Map(twin, "properties", "reported", "$metadata", "edgeoperator");

    /// <summary>Whether there is an agent at all.</summary>
    public bool IsThere => _report is not null;

    public string? Desired => HubJson.Text(_report, "desired");

    public string? Applied => HubJson.Text(_report, "applied");

    public string? LastGood => HubJson.Text(_report, "lastGood");

    public bool IsSuspended => HubJson.Text(_report, "suspended") == "true";

    /// <summary>For whom secrets for the device are encrypted: an age recipient.</summary>
    public string? Recipient => HubJson.Text(_report, "recipient");

    /// <summary>When the agent has last changed anything of its report.</summary>
    public DateTime? Reported => Time(HubJson.Text(_metadata, "$lastUpdated"));

    /// <summary>How many resources there are where they are too many to be reported one by one; null where they are not.</summary>
    public string? ResourceCount => _report?["resources"] is JsonObject ? null : HubJson.Text(_report, "counts", "resources");

    public IReadOnlyList<ReportedCondition> Conditions =>
        [.. Members("conditions").Select(c => new ReportedCondition(
            c.Name, HubJson.Text(c.Value, "status") ?? "Unknown", HubJson.Text(c.Value, "reason"), HubJson.Text(c.Value, "message"), Time(HubJson.Text(_metadata, "conditions", c.Name, "status", "$lastUpdated"))))];

    public IReadOnlyList<ReportedSource> Sources =>
        [.. Members("sources").Select(s => new ReportedSource(s.Name, HubJson.Text(s.Value, "revision"), HubJson.Text(s.Value, "ready"), HubJson.Text(s.Value, "reason"), HubJson.Text(s.Value, "message")))];

    public IReadOnlyList<ReportedResource> Resources =>
        [.. Members("resources").Select(r => new ReportedResource(r.Name, HubJson.Text(r.Value, "state"), HubJson.Text(r.Value, "ready"))).OrderBy(r => r.Ready == "True").ThenBy(r => r.Id, StringComparer.Ordinal)];

    /// <summary>Those that end first.</summary>
    public IReadOnlyList<ReportedCertificate> Certificates =>
        [.. (_report?["certificates"] as JsonArray ?? []).OfType<JsonObject>().Select(c => new ReportedCertificate(
            HubJson.Text(c, "name") ?? "", HubJson.Text(c, "subject"), Time(HubJson.Text(c, "expires")), HubJson.Text(c, "renews") == "true")).OrderBy(c => c.Expires ?? DateTime.MaxValue)];

    private IEnumerable<(string Name, JsonObject Value)> Members(string section) =>
        (HubJson.Map(_report, section) ?? []).Where(m => m.Value is JsonObject).Select(m => (m.Key, m.Value!.AsObject()));

    private static DateTime? Time(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1 ? time : null;
}
