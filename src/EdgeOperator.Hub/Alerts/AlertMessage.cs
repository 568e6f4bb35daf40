using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Portal.Hosting;

namespace EdgeOperator.Hub.Alerts;

/// <summary>An alert in words and as documents, as receivers get it.</summary>
/// <param name="hub">The hub's address, as users see it.</param>
internal sealed class AlertMessage(AlertState alert, string hub)
{
    public AlertState Alert => alert;

    public bool IsFiring => alert.Status == AlertStatus.Firing;

    /// <summary>The same for all that is told of one alert.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{hub}\n{alert.Key}\n{alert.StartedAt:O}")))[..32];

    public string Page => $"{hub}{PortalPaths.Prefix}/alerts";

    /// <summary>In one line: <c>DeviceOffline: 3 devices (till-1, till-2, till-3)</c>.</summary>
    public string Summary
    {
        get
        {
            var names = string.Join(", ", alert.First.Take(3).Select(match => match.Subject));
            var what = alert.First is [{ Subject: AlertObserver.TheHub }] ? "" : $"{alert.Count} {(alert.Count == 1 ? "is" : "are")} affected";
            return OneLine($"{alert.Key}: {(what.Length > 0 ? $"{what} ({names}{(alert.Count > 3 ? ", …" : "")})" : names)}");
        }
    }

    public string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Summary}\n{(IsFiring ? "Since" : "It is over. It lasted from")} {alert.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(alert.EndedAt is { } end ? $" to {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "")}. Severity: {alert.Severity}.\n\n");
        foreach (var match in alert.First)
            text.Append(CultureInfo.InvariantCulture, $"  {match.Subject}{(match.Detail is { } detail ? $": {OneLine(detail)}" : "")}\n");
        if (alert.Count > alert.First.Length)
            text.Append(CultureInfo.InvariantCulture, $"  and {alert.Count - alert.First.Length} more\n");
        return text.Append(CultureInfo.InvariantCulture, $"\n{Page}\n").ToString();
    }

    /// <summary>As webhooks get it.</summary>
    public JsonObject Json() => new()
    {
        ["id"] = Id,
        ["version"] = alert.Version,
        ["status"] = IsFiring ? "firing" : "resolved",
        ["alert"] = alert.Rule,
        ["group"] = new JsonObject(alert.Group.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        ["severity"] = alert.Severity,
        ["summary"] = Summary,
        ["count"] = alert.Count,
        ["affected"] = new JsonArray([.. alert.First.Select(match => (JsonNode)new JsonObject { ["name"] = match.Subject, ["since"] = Time(match.Since), ["detail"] = match.Detail })]),
        ["startedAt"] = Time(alert.StartedAt),
        ["endedAt"] = alert.EndedAt is { } end ? Time(end) : null,
        ["hub"] = hub,
        ["url"] = Page,
    };

    /// <summary>As Alertmanager's API v2 gets it (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, postableAlert).</summary>
    /// <param name="validFor">It is over for Alertmanager when nothing is said of it for so long.</param>
    public JsonObject Postable(DateTimeOffset now, TimeSpan validFor)
    {
        var labels = new JsonObject { ["alertname"] = alert.Rule, ["severity"] = alert.Severity, ["hub"] = hub };
        foreach (var (name, value) in alert.Group)
            labels[LabelName(name)] = value;
        return new()
        {
            ["labels"] = labels,
            ["annotations"] = new JsonObject { ["summary"] = Summary, ["description"] = Text() },
            ["startsAt"] = Time(alert.StartedAt),
            ["endsAt"] = Time(IsFiring ? now + validFor : alert.EndedAt ?? now),
            ["generatorURL"] = Page,
        };
    }

    // https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
    private static string LabelName(string name)
    {
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return safe is "alertname" or "severity" or "hub" || safe.Length == 0 || char.IsAsciiDigit(safe[0]) ? "label_" + safe : safe;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
