using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub;

/// <summary>Shows one object.</summary>
internal sealed class HubGetVerb : Verb
{
    private readonly HubObject _named;
    private readonly Func<JsonObject, Printer, IEnumerable<Grid>> _tables;

    public HubGetVerb(string description, HubObject named, Func<JsonObject, Printer, IEnumerable<Grid>> tables)
        : base("get", description)
    {
        (_named, _tables) = (named, tables);
        Add(named);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var found = (await hub.GetAsync(_named.PathOf(call), cancellation))!.AsObject();
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)found);
        else
            call.Printer.Print(_tables(found, call.Printer));
        return ExitCode.Done;
    }
}
