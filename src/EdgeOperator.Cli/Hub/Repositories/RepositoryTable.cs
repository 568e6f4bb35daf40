using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Repositories;

/// <summary>Repositories as people see them.</summary>
internal static class RepositoryTable
{
    public static Grid List(IEnumerable<JsonObject> repositories, Printer printer)
    {
        var grid = new Grid("REPOSITORY", new("READY", 1), new("COMMIT", 2), new("SYNCED", 3), Column.Message);
        foreach (var repository in repositories)
            grid.Add(
                new((string?)repository["name"] ?? "", Tone.Strong), Ready(repository), (string?)repository["display"],
                Time(repository["synced"], printer), Text(repository, "message"));
        return grid;
    }

    public static Grid Facts(JsonObject repository, Printer printer)
    {
        var facts = new Grid();
        facts.Add(new("Repository", Tone.Faint), new((string?)repository["name"] ?? "", Tone.Strong));
        facts.Add(new("URL", Tone.Faint), (string?)repository["spec"]?["url"]);
        facts.Add(new("Ready", Tone.Faint), Ready(repository));
        facts.Add(new("Message", Tone.Faint), Text(repository, "message"));
        facts.Add(new("Commit", Tone.Faint), (string?)repository["commit"]);
        facts.Add(new("Subject", Tone.Faint), (string?)repository["subject"] is { } subject ? $"{subject} ({(string?)repository["author"]})" : null);
        facts.Add(new("Synced", Tone.Faint), Time(repository["synced"], printer));
        facts.Add(new("Found by", Tone.Faint), (string?)repository["foundBy"]);
        facts.Add(new("Signature", Tone.Faint), (string?)repository["signature"]);
        facts.Add(new("Tried", Tone.Faint), Time(repository["tried"], printer));
        facts.Add(new("Fleets", Tone.Faint), Fleets(repository));
        return facts;
    }

    /// <summary>Of the condition Ready.</summary>
    public static string? Text(JsonObject repository, string name) => (string?)repository["conditions"]?[0]?[name];

    private static string Fleets(JsonObject repository)
    {
        var named = (repository["fleets"] as JsonArray ?? []).Select(fleet => (string?)fleet).ToList();
        return string.Join(", ", named) + ((long?)repository["fleetCount"] is { } count && count > named.Count ? $" and {count - named.Count} more" : "");
    }

    private static Cell Ready(JsonObject repository) => Text(repository, "status") switch
    {
        "True" => new Cell("True", Tone.Good),
        "False" => new Cell($"False ({Text(repository, "reason")})", Tone.Bad),
        _ => new Cell("Unknown", Tone.Faint),
    };

    private static string? Time(JsonNode? time, Printer printer) => (string?)time is { } text ? printer.Times.Moment(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)) : null;
}
