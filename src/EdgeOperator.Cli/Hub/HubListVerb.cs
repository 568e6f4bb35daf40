using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub;

/// <summary>Lists all objects of a kind.</summary>
/// <param name="nothing">What is said when there are none; null shows the table without rows.</param>
internal sealed class HubListVerb(string description, string path, string? nothing, Func<IEnumerable<JsonObject>, Printer, Grid> table) : Verb("list", description)
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var items = await hub.ListAsync(path, cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. items]));
        else if (items.Count == 0 && nothing is not null)
            call.Terminal.Error.WriteLine(nothing);
        else
            call.Printer.Print(table(items, call.Printer));
        return ExitCode.Done;
    }
}
