using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Access;

/// <summary>A role, and the fleets that it is limited to.</summary>
internal sealed class RoleOptions
{
    private static readonly string[] Roles = ["Viewer", "Operator", "Administrator"];

    public Option<string> Role { get; } = new("--role") { Description = string.Join(", ", Roles), HelpName = "ROLE", Required = true };

    public Option<string[]> Fleets { get; } = FleetsOption();

    public void AddTo(Command command)
    {
        Role.CompletionSources.Add(_ => Roles.Select(role => new System.CommandLine.Completions.CompletionItem(role)));
        command.Add(Role);
        command.Add(Fleets);
    }

    /// <summary>Adds both to what is sent.</summary>
    public JsonObject Into(Call call, JsonObject body)
    {
        var asked = call.Get(Role)!;
        body["role"] = Roles.FirstOrDefault(role => role.Equals(asked, StringComparison.OrdinalIgnoreCase)) ?? throw UserError.Invalid($"--role can't be \"{asked}\": write {string.Join(", ", Roles)}");
        if (call.Get(Fleets) is { Length: > 0 } fleets)
            body["fleets"] = new JsonArray([.. fleets.Select(fleet => (JsonNode)fleet)]);
        return body;
    }

    /// <summary>Such as <c>Operator of tills, scales</c>.</summary>
    public static string Text(JsonNode answer) => (answer["fleets"] as JsonArray) is { } fleets ? $"{(string?)answer["role"]} of {Names(fleets)}" : (string?)answer["role"] ?? "";

    /// <summary>The fleets of a row of a table.</summary>
    public static Cell FleetsOf(JsonNode answer) => (answer["fleets"] as JsonArray) is { } fleets ? new Cell(Names(fleets)) : new Cell("all devices", Tone.Faint);

    private static string Names(JsonArray fleets) => string.Join(", ", fleets.Select(fleet => (string?)fleet));

    private static Option<string[]> FleetsOption()
    {
        var option = new Option<string[]>("--fleet") { Description = "Only for this fleet and the devices that it selects; may be given more than once. Without it, for all devices", HelpName = "FLEET" };
        option.CompletionSources.Add(HubSuggestions.Fleets);
        return option;
    }
}
