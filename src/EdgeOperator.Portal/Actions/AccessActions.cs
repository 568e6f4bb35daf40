using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;

namespace EdgeOperator.Portal.Actions;

/// <summary>Users and tokens.</summary>
public static class AccessActions
{
    public static PortalAction CreateUser { get; } = Of(
        "user.create", "Add user", HubRole.Administrator,
        input => new("POST", "api/v1/users", new JsonObject { ["name"] = input.Optional("name") ?? "NAME", ["role"] = input.Optional("role") ?? "Viewer" }),
        input => $"{input["name"]} may sign in.", ("One-time password", "oneTimePassword"));

    public static PortalAction ChangeRole { get; } = Of(
        "user.role", "Change role", HubRole.Administrator,
        input => new("PATCH", User(input), new JsonObject { ["role"] = input.Optional("role") ?? "ROLE" }),
        input => $"{input["name"]} is {input["role"]} now.");

    public static PortalAction ResetPassword { get; } = Of(
        "user.reset", "New one-time password", HubRole.Administrator,
        input => new("POST", User(input) + "/reset-password"),
        input => $"{input["name"]} has a new password for the next sign-in.", ("One-time password", "oneTimePassword"));

    public static PortalAction RemoveUser { get; } = Of(
        "user.remove", "Remove", HubRole.Administrator, input => new("DELETE", User(input)), input => $"{input["name"]} is removed.", isFinal: true);

    public static PortalAction CreateToken { get; } = Of(
        "token.create", "Make token", HubRole.Viewer,
        input => new("POST", "api/v1/tokens", new JsonObject { ["name"] = input.Optional("name") ?? "NAME", ["role"] = input.Optional("role") ?? "Viewer", ["days"] = Days(input) }),
        input => $"The token {input["name"]} is made.", ("Token", "token"));

    public static PortalAction RemoveToken { get; } = Of(
        "token.remove", "Remove", HubRole.Viewer, input => new("DELETE", $"api/v1/tokens/{Uri.EscapeDataString(input["token"])}"), input => $"The token {input["name"]} is worthless now.", isFinal: true);

    public static IReadOnlyList<PortalAction> All { get; } = [CreateUser, ChangeRole, ResetPassword, RemoveUser, CreateToken, RemoveToken];

    private static PortalAction Of(
        string name, string label, HubRole least, Func<ActionInput, HubCall> call, Func<ActionInput, string> done, (string Name, string Field)? secret = null, bool isFinal = false) =>
        new(name, label, least, call, input => ShellWords.Curl(call(input))) { Done = (input, _) => done(input), Secret = secret, IsFinal = isFinal };

    private static string User(ActionInput input) => $"api/v1/users/{Uri.EscapeDataString(input["name"])}";

    private static int Days(ActionInput input) => input.Optional("days") is not { } text ? 90
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days
        : throw new ActionInputException("days is a whole number");
}
