using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;
using static EdgeOperator.Portal.Actions.ShellWords;

namespace EdgeOperator.Portal.Actions;

/// <summary>Deciding on devices that ask to join.</summary>
public static class EnrollmentActions
{
    public static PortalAction Approve { get; } = new(
        "enrollment.approve", "Approve", HubRole.Operator,
        input => new("POST", $"api/v1/enrollments/{Uri.EscapeDataString(input["request"])}/approve", input.Optional("labels") is { } labels ? new JsonObject { ["labels"] = Labels.Patch(labels) } : null),
        input => Line(["edgeop", "hub", "enrollments", "approve", input["device"], .. Words(input).SelectMany(word => (string[])["-l", word])]))
    {
        Done = (input, _) => $"{input["device"]} may join.",
        IsOfHub = true,
    };

    public static PortalAction Deny { get; } = new(
        "enrollment.deny", "Deny", HubRole.Operator,
        input => new("POST", $"api/v1/enrollments/{Uri.EscapeDataString(input["request"])}/deny"),
        input => Line("edgeop", "hub", "enrollments", "deny", input["device"]))
    {
        Done = (input, _) => $"{input["device"]} may not join.",
        IsOfHub = true,
    };

    public static IReadOnlyList<PortalAction> All { get; } = [Approve, Deny];

    private static string[] Words(ActionInput input) => input.Optional("labels")?.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries) ?? [];
}
