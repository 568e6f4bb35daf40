using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class FleetsGetVerb : Verb
{
    private readonly HubFleet _fleet = new();

    public FleetsGetVerb()
        : base("get", "One fleet: its devices' revision, and how far its rollout is") => Add(_fleet);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var fleet = (await hub.GetAsync(_fleet.FleetPath(call), cancellation))!.AsObject();
        if (call.Printer.IsDocument)
        {
            call.Printer.Print((JsonNode)fleet);
            return ExitCode.Done;
        }

        var facts = new Grid();
        facts.Add(new("Fleet", Tone.Faint), new((string?)fleet["name"] ?? "", Tone.Strong));
        var source = fleet["spec"]?["source"];
        facts.Add(new("Commit", Tone.Faint), (string?)fleet["artifact"]?["commit"] ?? (string?)(source?["ref"] as JsonObject)?["commit"]);
        if ((string?)source?["repository"] is { } repository)
        {
            facts.Add(new("Folder", Tone.Faint), $"{repository}/{((string?)source["path"])?.Trim('/')}");
            facts.Add(new("Subject", Tone.Faint), (string?)fleet["artifact"]?["subject"]);
            facts.Add(new("Artifact", Tone.Faint), (string?)fleet["artifact"]?["digest"] is { } digest ? $"{digest} ({(long?)fleet["artifact"]!["size"]} bytes)" : null);
            if ((string?)fleet["artifact"]?["message"] is { } problem)
                facts.Add(new("Problem", Tone.Faint), new Cell(problem, Tone.Bad));
        }

        facts.Add(new("Source", Tone.Faint), (string?)source?["name"]);
        if (fleet["owner"] is JsonObject owner)
            facts.Add(new("Comes from", Tone.Faint), $"{(string?)owner["repository"]}: {(string?)owner["file"]}");
        facts.Add(new("Written", Tone.Faint), $"{call.Printer.Times.Moment(DateTimeOffset.Parse((string)fleet["updated"]!, CultureInfo.InvariantCulture))} by {(string?)fleet["by"]}");
        call.Printer.Print(fleet["rollout"] is JsonObject rollout ? [facts, .. RolloutTable.Of(rollout, call.Printer)] : [facts]);
        return ExitCode.Done;
    }
}
