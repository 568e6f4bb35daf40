using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class FleetsListVerb() : Verb("list", "The fleets of the hub, and how far their rollouts are")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var fleets = (await hub.GetAsync("fleets", cancellation))!["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        if (call.Printer.IsDocument)
        {
            call.Printer.Print((JsonNode)new JsonArray([.. fleets.Select(fleet => fleet.DeepClone())]));
            return ExitCode.Done;
        }

        if (fleets.Count == 0)
        {
            call.Terminal.Error.WriteLine("No fleets.");
            return ExitCode.Done;
        }

        var grid = new Grid("FLEET", new("STATE", 1), new("UPDATED", 2), new("REVISION", 3, IsId: true), Column.Message);
        foreach (var fleet in fleets)
            grid.Add(
                new((string?)fleet["name"] ?? "", Tone.Strong), RolloutTable.State(fleet["rollout"] as JsonObject), RolloutTable.Share(fleet["rollout"] as JsonObject),
                (string?)fleet["rollout"]?["revision"] ?? (string?)(fleet["spec"]?["source"]?["ref"] as JsonObject)?["commit"], (string?)fleet["artifact"]?["message"] ?? (string?)fleet["rollout"]?["message"]);
        call.Printer.Print(grid);
        return ExitCode.Done;
    }
}
