using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>A rollout as people see it: what it waits for, and a bar a batch.</summary>
internal static class RolloutTable
{
    public static Grid List(IEnumerable<JsonObject> rollouts)
    {
        var grid = new Grid("ROLLOUT", new("STATE", 1), new("UPDATED", 2), new("REVISION", 3, IsId: true), Column.Message);
        foreach (var rollout in rollouts)
            grid.Add(new((string?)rollout["id"] ?? "", Tone.Strong), RolloutTable.State(rollout), RolloutTable.Share(rollout), (string?)rollout["revision"], (string?)rollout["message"]);
        return grid;
    }

    public static IEnumerable<Grid> Of(JsonObject rollout, Printer printer)
    {
        var facts = new Grid();
        facts.Add(new("Rollout", Tone.Faint), new((string?)rollout["id"] ?? "", Tone.Strong));
        facts.Add(new("Revision", Tone.Faint), (string?)rollout["revision"]);
        facts.Add(new("State", Tone.Faint), State(rollout));
        facts.Add(new("Now", Tone.Faint), (string?)rollout["message"]);
        facts.Add(new("Began", Tone.Faint), printer.Times.Moment(DateTimeOffset.Parse((string)rollout["created"]!, CultureInfo.InvariantCulture)));
        facts.Add(new("Updated", Tone.Faint), Share(rollout));
        yield return facts;

        var batches = new Grid("BATCH", new("STATE", 1), new("UPDATED", 0), new("UPDATING", 3), new("FAILED", 2), new("PENDING", 4), new("OFFLINE", 5));
        foreach (var batch in rollout["batches"]!.AsArray().Select(item => item!.AsObject()))
            batches.Add(new((string?)batch["name"] ?? "", Tone.Strong), BatchState(batch), Share(batch), Number(batch, "updating", Tone.Busy), Number(batch, "failed", Tone.Bad), Number(batch, "pending"), Number(batch, "offline"));
        yield return batches;
    }

    public static Cell State(JsonObject? rollout) => (string?)rollout?["state"] switch
    {
        null => new Cell("not begun", Tone.Faint),
        "Completed" => new Cell("Completed", Tone.Good),
        "Progressing" => new Cell($"Progressing ({(string?)rollout["reason"]})", Tone.Busy),
        { } other => new Cell(other, Tone.Bad),
    };

    /// <summary>How many devices of all have the revision, as a bar where somebody looks at it.</summary>
    public static Cell Share(JsonObject? counts)
    {
        var (updated, all) = ((int?)counts?["updated"] ?? 0, (int?)counts?["devices"] ?? 0);
        return new(string.Create(CultureInfo.InvariantCulture, $"{updated}/{all}")) { Progress = all == 0 ? null : (double)updated / all };
    }

    private static Cell BatchState(JsonObject batch) => (string?)batch["state"] switch
    {
        "Completed" => new Cell("Completed", Tone.Good),
        "Waiting" when (bool?)batch["needsApproval"] == true && (bool?)batch["isApproved"] != true => new Cell("needs approval", Tone.Faint),
        "Waiting" => new Cell("Waiting", Tone.Faint),
        { } other => new Cell(other, Tone.Busy),
        null => "",
    };

    private static Cell Number(JsonObject batch, string name, Tone tone = Tone.Plain) => (int?)batch[name] is > 0 and var number ? new Cell(number.ToString(CultureInfo.InvariantCulture), tone) : "";
}
