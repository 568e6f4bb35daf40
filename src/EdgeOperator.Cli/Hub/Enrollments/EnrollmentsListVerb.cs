using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Enrollments;

internal sealed class EnrollmentsListVerb : Verb
{
    private readonly Option<bool> _all = new("--all", "-a") { Description = "Those that were decided too" };

    public EnrollmentsListVerb()
        : base("list", "Devices that wait to be let in")
    {
        Add(_all);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var requests = await EnrollmentList.ReadAsync(hub, call.Get(_all) ? null : "Pending", cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. requests]));
        else if (requests.Count == 0)
            call.Terminal.Error.WriteLine("Nobody waits.");
        else
            call.Printer.Print(Table(requests, call.Printer));
        return ExitCode.Done;
    }

    private static Grid Table(List<JsonObject> requests, Printer printer)
    {
        var grid = new Grid("DEVICE", new("STATE", 1), new("ASKED", 2), new("REQUEST", 3, IsId: true), new("INFO", 4, Wraps: true));
        foreach (var request in requests)
            grid.Add(
                new((string)request["deviceId"]!, Tone.Strong),
                State((string)request["state"]!),
                printer.Times.Moment(DateTimeOffset.Parse((string)request["created"]!, CultureInfo.InvariantCulture)),
                (string?)request["id"],
                string.Join(' ', (request["info"] as JsonObject ?? []).Select(fact => $"{fact.Key}={fact.Value}")));
        return grid;
    }

    private static Cell State(string state) => new(state, state switch
    {
        "Approved" => Tone.Good,
        "Denied" => Tone.Bad,
        _ => Tone.Busy,
    });
}
