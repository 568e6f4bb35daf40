using System.CommandLine;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs;

internal sealed class EventsVerb : Verb
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with each as it happens, until interrupted" };
    private readonly Option<int> _limit = new("--limit") { Description = "How many, the newest", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<string?> _resource = new Option<string?>("--resource") { Description = "Only of this resource", HelpName = "KIND/NAME" }
        .Suggest(Suggestions.Resources);

    public EventsVerb()
        : base("events", "What happened on the device, oldest first")
    {
        Add(_follow);
        Add(_limit);
        Add(_resource);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        ResourceId? resource = call.Get(_resource) is { } text ? ResourceName.Parse(text) : null;
        using var agent = call.Agent();
        if (call.Get(_follow))
        {
            await FollowAsync(call, agent, resource, cancellation);
            return ExitCode.Done;
        }

        var events = await WithoutAgent.OrAsync(
            call, () => agent.GetEventsAsync(0, call.Get(_limit), resource, cancellation), folder => StateStore.ReadEvents(folder, call.Get(_limit), resource));
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(events));
        else if (events.IsEmpty)
            call.Terminal.Error.WriteLine("No events.");
        else
            call.Printer.Print(EventTable.Of(events, call.Printer));

        return ExitCode.Done;
    }

    private async Task FollowAsync(Call call, AgentApiClient agent, ResourceId? resource, CancellationToken cancellation)
    {
        try
        {
            await foreach (var record in agent.FollowEventsAsync(0, call.Get(_limit), resource, cancellation))
            {
                if (call.Printer.IsDocument)
                    call.Printer.PrintNext(Documents.Of(record));
                else
                    call.Printer.PrintLine(EventTable.Line(record));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
