using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Alerts;

/// <summary>Alerts as people see them.</summary>
internal static class AlertTable
{
    public static Grid List(IEnumerable<JsonObject> alerts, Printer printer)
    {
        var grid = new Grid("ALERT", new("STATUS", 1), new("SEVERITY", 3), new("SINCE", 2), new("COUNT", 2), Column.Message);
        foreach (var alert in alerts)
            grid.Add(
                new((string?)alert["name"] ?? "", Tone.Strong),
                (string?)alert["status"] == "Resolved" ? new Cell("Resolved", Tone.Good) : new Cell("Firing", Tone.Bad),
                (string?)alert["severity"],
                printer.Times.Moment(DateTimeOffset.Parse((string)alert["started"]!, CultureInfo.InvariantCulture)),
                ((int?)alert["count"] ?? 0).ToString(CultureInfo.InvariantCulture),
                string.Join(", ", alert["affected"]!.AsArray().Take(3).Select(one => (string?)one!["detail"] is { } detail ? $"{(string?)one["name"]} ({detail})" : (string?)one["name"])));
        return grid;
    }
}
