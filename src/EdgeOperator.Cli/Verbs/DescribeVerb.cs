using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class DescribeVerb : Verb
{
    private const int LastEvents = 10;

    private readonly Argument<string> _kind = new("KIND") { Description = "The resource's kind; or Kind/name" };
    private readonly Argument<string?> _name = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Its name" };

    public DescribeVerb()
        : base("describe", "One resource in full: observed state, conditions, last events")
    {
        Add(_kind.Suggest(Suggestions.DeviceKinds));
        Add(_name.Suggest(Suggestions.NamesOf(_kind)));
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var kind = call.Get(_kind)!;
        var id = ResourceName.Parse(kind, call.Get(_name));

        using var agent = call.Agent();
        var resource = await agent.GetResourceAsync(id, cancellation);
        var events = await agent.GetEventsAsync(0, LastEvents, id, cancellation);
        Print(call.Printer, resource, events);
        return ExitCode.Done;
    }

    /// <summary>A resource with its last events.</summary>
    public static void Print(Printer printer, ResourceStatus resource, ImmutableArray<EventRecord> events)
    {
        if (printer.IsDocument)
        {
            var document = Documents.Of(resource)!.AsObject();
            document["events"] = Documents.Of(events);
            printer.Print((JsonNode)document);
        }
        else
        {
            printer.Print(Facts(resource), ConditionCells.Table(resource.Conditions, printer), EventTable.Of(events, printer));
        }
    }

    private static Grid Facts(ResourceStatus resource)
    {
        var grid = new Grid();
        grid.Add(Label("Resource"), new($"{resource.Kind}/{resource.Name}", Tone.Strong));
        grid.Add(Label("What"), resource.Summary);
        if (resource.Source is not null)
            grid.Add(Label("Source"), resource.Source);
        grid.Add(Label("State"), ResourceTable.State(resource));
        foreach (var (key, value) in resource.Details)
            grid.Add(Label(char.ToUpperInvariant(key[0]) + key[1..]), value);

        return grid;
    }

    private static Cell Label(string text) => new(text, Tone.Faint);
}
