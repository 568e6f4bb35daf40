using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>Fleets as people see them.</summary>
internal static class FleetTable
{
    public static Grid List(IEnumerable<JsonObject> fleets)
    {
        var grid = new Grid("FLEET", new("STATE", 1), new("UPDATED", 2), new("REVISION", 3, IsId: true), Column.Message);
        foreach (var fleet in fleets)
            grid.Add(
                new((string?)fleet["name"] ?? "", Tone.Strong), RolloutTable.State(fleet["rollout"] as JsonObject), RolloutTable.Share(fleet["rollout"] as JsonObject),
                (string?)fleet["rollout"]?["revision"] ?? (string?)(fleet["spec"]?["source"]?["ref"] as JsonObject)?["commit"], (string?)fleet["artifact"]?["message"] ?? (string?)fleet["rollout"]?["message"]);
        return grid;
    }

    /// <summary>A fleet, and its rollout.</summary>
    public static IEnumerable<Grid> Of(JsonObject fleet, Printer printer)
    {
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
        facts.Add(new("Written", Tone.Faint), $"{printer.Times.Moment(DateTimeOffset.Parse((string)fleet["updated"]!, CultureInfo.InvariantCulture))} by {(string?)fleet["by"]}");
        return fleet["rollout"] is JsonObject rollout ? [facts, .. RolloutTable.Of(rollout, printer)] : [facts];
    }
}
