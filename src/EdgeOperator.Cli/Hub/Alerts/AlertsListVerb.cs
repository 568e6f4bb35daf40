using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Alerts;

internal sealed class AlertsListVerb() : Verb("list", "What is wrong now, and what was over within a day")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var alerts = (await hub.GetAsync("alerts", cancellation))!["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        if (call.Printer.IsDocument)
        {
            call.Printer.Print((JsonNode)new JsonArray([.. alerts.Select(alert => alert.DeepClone())]));
            return ExitCode.Done;
        }

        if (alerts.Count == 0)
        {
            call.Terminal.Error.WriteLine("Nothing is wrong, and nothing was within a day.");
            return ExitCode.Done;
        }

        var grid = new Grid("ALERT", new("STATUS", 1), new("SEVERITY", 3), new("SINCE", 2), new("COUNT", 2), Column.Message);
        foreach (var alert in alerts)
            grid.Add(
                new((string?)alert["name"] ?? "", Tone.Strong),
                (string?)alert["status"] == "Resolved" ? new Cell("Resolved", Tone.Good) : new Cell("Firing", Tone.Bad),
                (string?)alert["severity"],
                call.Printer.Times.Moment(DateTimeOffset.Parse((string)alert["started"]!, CultureInfo.InvariantCulture)),
                ((int?)alert["count"] ?? 0).ToString(CultureInfo.InvariantCulture),
                string.Join(", ", alert["affected"]!.AsArray().Take(3).Select(one => (string?)one!["detail"] is { } detail ? $"{(string?)one["name"]} ({detail})" : (string?)one["name"])));
        call.Printer.Print(grid);
        return ExitCode.Done;
    }
}
