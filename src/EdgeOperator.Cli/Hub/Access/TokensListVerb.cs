using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Access;

internal sealed class TokensListVerb() : Verb("list", "Tokens for programs: your own, or for administrators all")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var tokens = (await hub.GetAsync("tokens", cancellation))!.AsArray();
        if (call.Printer.IsDocument)
        {
            call.Printer.Print((JsonNode)tokens);
            return ExitCode.Done;
        }

        var grid = new Grid("TOKEN", new("USER", 1), new("ROLE", 1), new("FLEETS", 2), new("ENDS", 2), new("ID", 3));
        foreach (var token in tokens.Select(token => token!))
            grid.Add(
                new((string?)token["name"] ?? "", Tone.Strong), (string?)token["user"], (string?)token["role"], RoleOptions.FleetsOf(token),
                call.Printer.Times.Moment(DateTimeOffset.Parse((string)token["expires"]!, CultureInfo.InvariantCulture)), (string?)token["id"]);
        call.Printer.Print(grid);
        return ExitCode.Done;
    }
}
