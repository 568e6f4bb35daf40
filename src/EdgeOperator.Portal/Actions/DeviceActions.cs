using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;
using static EdgeOperator.Portal.Actions.ShellWords;

namespace EdgeOperator.Portal.Actions;

/// <summary>Steering one device.</summary>
public static class DeviceActions
{
    public static PortalAction Reconcile { get; } = Steer("reconcile", "Reconcile now", "has run a pass");

    public static PortalAction Suspend { get; } = Steer("suspend", "Suspend", "is suspended");

    public static PortalAction Resume { get; } = Steer("resume", "Resume", "goes on");

    public static PortalAction Restart { get; } = Steer("restart", "Restart", "was restarted");

    /// <summary>Of virtual machines, as <see cref="Start"/>.</summary>
    public static PortalAction Stop { get; } = Steer("stop", "Stop", "is stopped until somebody starts it");

    public static PortalAction Start { get; } = Steer("start", "Start", "is started");

    public static PortalAction RollBack { get; } = new(
        "device.rollback", "Roll back", HubRole.Operator,
        input => Method(input, "rollback", new() { ["revision"] = input.Optional("revision"), ["reason"] = input.Optional("reason") }),
        input => Line("edgeop", "hub", "rollback", input["device"], input.Optional("revision")))
    {
        Problem = ProblemOf,
        Done = (input, answer) => $"{input["device"]} goes back to {HubJson.Text(answer, "payload", "revision") ?? "the revision before"}, and stays there until it is resumed or the source moves.",
    };

    public static PortalAction Label { get; } = new(
        "device.label", "Set labels", HubRole.Operator,
        input => new("PATCH", $"api/v1/devices/{Escaped(input)}/labels", Labels.Patch(input["labels"])),
        input => Line(["edgeop", "hub", "devices", "label", input["device"], .. (input.Optional("labels") ?? "KEY=VALUE").Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries)]))
    {
        Done = (input, _) => $"The labels of {input["device"]} are changed.",

        // They say which fleets a device is in.
        IsOfHub = true,
    };

    public static PortalAction Decommission { get; } = new(
        "device.decommission", "Decommission", HubRole.Operator,
        input => new("POST", $"api/v1/devices/{Escaped(input)}/decommission", new JsonObject { ["force"] = input.Optional("force") is not null }),
        input => Line("edgeop", "hub", "devices", "decommission", input["device"], input.Optional("force") is null ? null : "--force"))
    {
        Done = (input, answer) => HubJson.Text(answer, "told") == "true" ? $"{input["device"]} has let go of its identity and was removed." : $"{input["device"]} was removed without being told.",
        IsFinal = true,
    };

    public static IReadOnlyList<PortalAction> All { get; } = [Reconcile, Suspend, Resume, RollBack, Restart, Stop, Start, Label, Decommission];

    private static PortalAction Steer(string method, string label, string done) => new(
        $"device.{method}", label, HubRole.Operator,
        input => Method(input, method, new() { ["resource"] = input.Optional("resource"), ["reason"] = input.Optional("reason") }),
        input => Line("edgeop", "hub", method, input["device"], input.Optional("resource")))
    {
        Problem = ProblemOf,
        Done = (input, answer) => $"{input.Optional("resource") ?? input["device"]} {done}{(HubJson.Text(answer, "payload", "note") is { } note ? $": {note}" : "")}.",
    };

    private static HubCall Method(ActionInput input, string method, JsonObject payload)
    {
        foreach (var absent in payload.Where(p => p.Value is null).Select(p => p.Key).ToArray())
            payload.Remove(absent);
        return new("POST", $"api/v1/devices/{Escaped(input)}/methods/{method}", new JsonObject { ["payload"] = payload, ["responseTimeoutInSeconds"] = 60 });
    }

    // The hub has called the device, and the device says no.
    private static string? ProblemOf(JsonNode? answer) =>
        HubJson.Text(answer, "status") is { } status && status != "200" ? $"the device answers: {HubJson.Text(answer, "payload", "detail") ?? status}" : null;

    private static string Escaped(ActionInput input) => Uri.EscapeDataString(input["device"]);
}
