using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Artifacts;

internal sealed class ArtifactsListVerb() : Verb("list", "The packages that the hub has")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var items = await hub.ListAsync("artifacts", cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. items]));
        else if (items.Count == 0)
            call.Terminal.Error.WriteLine("There are none: `edgeop hub artifacts push FOLDER` makes one.");
        else
            call.Printer.Print(Table(items, call.Printer));
        return ExitCode.Done;
    }

    private static Grid Table(List<JsonObject> items, Printer printer)
    {
        var grid = new Grid("DIGEST", new("BYTES", 1), new("USED", 2));
        foreach (var item in items)
            grid.Add(
                (string)item["digest"]!,
                ((long)item["size"]!).ToString(CultureInfo.InvariantCulture),
                printer.Times.Moment(DateTimeOffset.Parse((string)item["used"]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
        return grid;
    }
}
