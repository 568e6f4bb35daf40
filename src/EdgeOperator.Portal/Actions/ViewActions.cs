using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;

namespace EdgeOperator.Portal.Actions;

/// <summary>Filters that a user keeps.</summary>
public static class ViewActions
{
    public static PortalAction Save { get; } = Of(
        "view.save", "Keep as view", input => new("PUT", Path(input, "VIEW"), new JsonObject { ["name"] = input.Optional("name"), ["labels"] = input.Optional("labels"), ["state"] = input.Optional("state"), ["where"] = input.Optional("where") }),
        input => $"The view {input["view"]} is kept, for you alone.");

    public static PortalAction Remove { get; } = Of("view.remove", "Forget view", input => new("DELETE", Path(input, "VIEW")), input => $"The view {input["view"]} is forgotten.");

    public static IReadOnlyList<PortalAction> All { get; } = [Save, Remove];

    private static PortalAction Of(string name, string label, Func<ActionInput, HubCall> call, Func<ActionInput, string> done) =>
        new(name, label, HubRole.Viewer, call, input => ShellWords.Curl(call(input))) { Done = (input, _) => done(input) };

    // The line beside the button stands there before a name is typed.
    private static string Path(ActionInput input, string absent) => $"api/v1/views/{Uri.EscapeDataString(input.Optional("view") ?? absent)}";
}
