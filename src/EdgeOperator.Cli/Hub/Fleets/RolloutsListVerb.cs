using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class RolloutsListVerb() : Verb("list", "The rollouts of all fleets, and why they wait")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var rollouts = (await hub.GetAsync("rollouts", cancellation))!["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        if (call.Printer.IsDocument)
        {
            call.Printer.Print((JsonNode)new JsonArray([.. rollouts.Select(rollout => rollout.DeepClone())]));
            return ExitCode.Done;
        }

        if (rollouts.Count == 0)
        {
            call.Terminal.Error.WriteLine("No rollouts.");
            return ExitCode.Done;
        }

        var grid = new Grid("ROLLOUT", new("STATE", 1), new("UPDATED", 2), new("REVISION", 3, IsId: true), Column.Message);
        foreach (var rollout in rollouts)
            grid.Add(new((string?)rollout["id"] ?? "", Tone.Strong), RolloutTable.State(rollout), RolloutTable.Share(rollout), (string?)rollout["revision"], (string?)rollout["message"]);
        call.Printer.Print(grid);
        return ExitCode.Done;
    }
}
