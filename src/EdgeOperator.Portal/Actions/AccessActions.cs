using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;
using static EdgeOperator.Portal.Actions.ShellWords;

namespace EdgeOperator.Portal.Actions;

/// <summary>Users and tokens.</summary>
public static class AccessActions
{
    public static PortalAction CreateUser { get; } = OfUser(
        "user.create", "Add user",
        input => new("POST", "api/v1/users", WithRole(input, new JsonObject { ["name"] = input.Optional("name") ?? "NAME" })),
        input => Line(["edgeop", "hub", "users", "create", input.Optional("name") ?? "NAME", .. RoleWords(input)]),
        input => $"{input["name"]} may sign in.", ("One-time password", "oneTimePassword"));

    public static PortalAction ChangeRole { get; } = OfUser(
        "user.role", "Change role",
        input => new("PATCH", User(input), WithRole(input, [])),
        input => Line(["edgeop", "hub", "users", "role", input["name"], .. RoleWords(input)]),
        input => $"{input["name"]} is {input["role"]} {(Fleets(input) is { } fleets ? $"of {string.Join(", ", fleets)}" : "over all devices")} now.");

    public static PortalAction ResetPassword { get; } = OfUser(
        "user.reset", "New one-time password",
        input => new("POST", User(input) + "/reset-password"),
        input => Line("edgeop", "hub", "users", "reset-password", input["name"]),
        input => $"{input["name"]} has a new password for the next sign-in.", ("One-time password", "oneTimePassword"));

    public static PortalAction RemoveUser { get; } = OfUser(
        "user.remove", "Remove", input => new("DELETE", User(input)), input => Line("edgeop", "hub", "users", "delete", input["name"]), input => $"{input["name"]} is removed.", isFinal: true);

    public static PortalAction CreateToken { get; } = new(
        "token.create", "Make token", HubRole.Viewer,
        input => new("POST", "api/v1/tokens", WithRole(input, new JsonObject { ["name"] = input.Optional("name") ?? "NAME", ["days"] = Days(input) })),
        input => Line(["edgeop", "hub", "tokens", "create", input.Optional("name") ?? "NAME", .. RoleWords(input), "--days", Days(input).ToString(CultureInfo.InvariantCulture)]))
    {
        Done = (input, _) => $"The token {input["name"]} is made.",
        Secret = ("Token", "token"),
    };

    public static PortalAction RemoveToken { get; } = new(
        "token.remove", "Remove", HubRole.Viewer, input => new("DELETE", $"api/v1/tokens/{Uri.EscapeDataString(input["token"])}"), input => Line("edgeop", "hub", "tokens", "delete", input["token"]))
    {
        Done = (input, _) => $"The token {input["name"]} is worthless now.",
        IsFinal = true,
    };

    public static IReadOnlyList<PortalAction> All { get; } = [CreateUser, ChangeRole, ResetPassword, RemoveUser, CreateToken, RemoveToken];

    private static PortalAction OfUser(
        string name, string label, Func<ActionInput, HubCall> call, Func<ActionInput, string> command, Func<ActionInput, string> done, (string Name, string Field)? secret = null, bool isFinal = false) =>
        new(name, label, HubRole.Administrator, call, command) { Done = (input, _) => done(input), Secret = secret, IsFinal = isFinal, IsOfHub = true };

    private static string User(ActionInput input) => $"api/v1/users/{Uri.EscapeDataString(input["name"])}";

    private static JsonObject WithRole(ActionInput input, JsonObject body)
    {
        body["role"] = input.Optional("role") ?? "Viewer";
        if (Fleets(input) is { } fleets)
            body["fleets"] = new JsonArray([.. fleets.Select(fleet => (JsonNode)fleet)]);
        return body;
    }

    private static IEnumerable<string> RoleWords(ActionInput input) =>
        ["--role", input.Optional("role") ?? "Viewer", .. (Fleets(input) ?? []).SelectMany(fleet => (string[])["--fleet", fleet])];

    /// <returns>Null for all devices.</returns>
    private static string[]? Fleets(ActionInput input) =>
        input.Optional("fleets")?.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } fleets ? fleets : null;

    private static int Days(ActionInput input) => input.Optional("days") is not { } text ? 90
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days
        : throw new ActionInputException("days is a whole number");
}
