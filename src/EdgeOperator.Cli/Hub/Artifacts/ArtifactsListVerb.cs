using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Artifacts;

internal sealed class ArtifactsListVerb() : Verb("list", "The packages that the hub has")
{
    private const string PageSize = "1000";

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var items = new JsonArray();
        string? continuation = null;
        do
        {
            var page = (await hub.GetAsync($"artifacts{HubClient.Query(("limit", PageSize), ("continuation", continuation))}", cancellation))!;
            foreach (var item in page["items"]!.AsArray())
                items.Add(item!.DeepClone());
            continuation = (string?)page["continuation"];
        }
        while (continuation is not null);

        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)items);
        else if (items.Count == 0)
            call.Terminal.Error.WriteLine("There are none: `edgeop hub artifacts push FOLDER` makes one.");
        else
            call.Printer.Print(Table(items, call.Printer));
        return ExitCode.Done;
    }

    private static Grid Table(JsonArray items, Printer printer)
    {
        var grid = new Grid("DIGEST", new("BYTES", 1), new("USED", 2));
        foreach (var item in items.OfType<JsonObject>())
            grid.Add(
                (string)item["digest"]!,
                ((long)item["size"]!).ToString(CultureInfo.InvariantCulture),
                printer.Times.Moment(DateTimeOffset.Parse((string)item["used"]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
        return grid;
    }
}
