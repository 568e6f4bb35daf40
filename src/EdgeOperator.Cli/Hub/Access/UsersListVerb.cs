using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Access;

internal sealed class UsersListVerb() : Verb("list", "Local users, their roles, and the fleets that these are limited to")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var users = (await hub.GetAsync("users", cancellation))!.AsArray();
        if (call.Printer.IsDocument)
        {
            call.Printer.Print((JsonNode)users);
            return ExitCode.Done;
        }

        var grid = new Grid("USER", new("ROLE", 1), new("FLEETS", 2), new("PASSWORD", 3));
        foreach (var user in users.Select(user => user!))
            grid.Add(new((string?)user["name"] ?? "", Tone.Strong), (string?)user["role"], RoleOptions.FleetsOf(user), (bool?)user["mustChange"] == true ? "to be changed" : null);
        call.Printer.Print(grid);
        return ExitCode.Done;
    }
}
