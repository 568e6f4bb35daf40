using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;

namespace EdgeOperator.Portal.Actions;

/// <summary>What people do about alerts.</summary>
public static class AlertActions
{
    public static PortalAction Test { get; } = new("alert.test", "Send a test", HubRole.Administrator, _ => new("POST", "api/v1/alerts/test"), _ => "edgeop hub alerts test")
    {
        Problem = answer => Problems(answer) is { Length: > 0 } problems ? problems : null,
        IsOfHub = true,
        Done = (_, answer) => $"Told: {string.Join(", ", Receivers(answer).Select(r => HubJson.Text(r, "receiver")))}.",
    };

    public static IReadOnlyList<PortalAction> All { get; } = [Test];

    private static string Problems(JsonNode? answer) =>
        string.Join("; ", Receivers(answer).Where(r => HubJson.Text(r, "problem") is not null).Select(r => $"{HubJson.Text(r, "receiver")} could not be told: {HubJson.Text(r, "problem")}"));

    private static IEnumerable<JsonNode?> Receivers(JsonNode? answer) => (answer as JsonObject)?["items"] as JsonArray ?? [];
}
