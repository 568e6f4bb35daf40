using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Access;

/// <summary>Who may use a hub.</summary>
internal static class AccessTable
{
    public static Grid Users(IEnumerable<JsonObject> users)
    {
        var grid = new Grid("USER", new("ROLE", 1), new("FLEETS", 2), new("PASSWORD", 3));
        foreach (var user in users)
            grid.Add(new((string?)user["name"] ?? "", Tone.Strong), (string?)user["role"], RoleOptions.FleetsOf(user), (bool?)user["mustChange"] == true ? "to be changed" : null);
        return grid;
    }

    public static Grid Tokens(IEnumerable<JsonObject> tokens, Printer printer)
    {
        var grid = new Grid("TOKEN", new("USER", 1), new("ROLE", 1), new("FLEETS", 2), new("ENDS", 2), new("ID", 3));
        foreach (var token in tokens)
            grid.Add(
                new((string?)token["name"] ?? "", Tone.Strong), (string?)token["user"], (string?)token["role"], RoleOptions.FleetsOf(token),
                printer.Times.Ahead(DateTimeOffset.Parse((string)token["expires"]!, CultureInfo.InvariantCulture)), (string?)token["id"]);
        return grid;
    }
}
